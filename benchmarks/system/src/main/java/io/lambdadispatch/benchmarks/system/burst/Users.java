package io.lambdadispatch.benchmarks.system.burst;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** So many users at once, each of whom asks again as soon as he is answered, until so many requests were made. */
final class Users {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpRequest request;
    private final double[] millis;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    private Users(URI url, int requests) {
        this.request = HttpRequest.newBuilder(url).timeout(LIMIT).build();
        this.millis = new double[requests];
    }

    /** How long all requests took, and how many were not answered 200. */
    static final class Outcome {
        private final double[] sortedMillis;
        private final int failed;

        private Outcome(double[] millis, int failed) {
            this.sortedMillis = millis.clone();
            Arrays.sort(sortedMillis);
            this.failed = failed;
        }

        /** In ms; 100 is the longest. */
        double percentile(double percent) {
            int index = (int) Math.ceil(percent / 100 * sortedMillis.length) - 1;
            return sortedMillis[Math.max(0, index)];
        }

        int failed() {
            return failed;
        }
    }

    static Outcome send(URI url, int atOnce, int requests) {
        Users users = new Users(url, requests);
        CompletableFuture<?>[] all = new CompletableFuture<?>[atOnce];
        Arrays.setAll(all, unused -> users.next());
        CompletableFuture.allOf(all).join();
        return new Outcome(users.millis, users.failed.get());
    }

    private CompletableFuture<Void> next() {
        int number = sent.getAndIncrement();
        if (number >= millis.length) {
            return CompletableFuture.completedFuture(null);
        }
        long began = System.nanoTime();
        return http.sendAsync(request, BodyHandlers.discarding())
                .handle((answer, failure) -> {
                    millis[number] = (System.nanoTime() - began) / 1e6;
                    if (!isGood(answer, failure)) {
                        failed.incrementAndGet();
                    }
                    return answer;
                })
                .thenCompose(unused -> next());
    }

    private static boolean isGood(HttpResponse<?> answer, Throwable failure) {
        return failure == null && answer.statusCode() == 200;
    }
}
