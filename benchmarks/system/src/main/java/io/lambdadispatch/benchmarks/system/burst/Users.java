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

    /** How long each request took, in ms, the shortest first, and how many were not answered 200. */
    record Outcome(double[] millis, int failed) {
        double percentile(double percent) {
            int index = (int) Math.ceil(percent / 100 * millis.length) - 1;
            return millis[Math.max(0, index)];
        }
    }

    static Outcome send(URI url, int atOnce, int requests) {
        Users users = new Users(url, requests);
        CompletableFuture<?>[] all = new CompletableFuture<?>[atOnce];
        Arrays.setAll(all, unused -> users.next());
        CompletableFuture.allOf(all).join();
        Arrays.sort(users.millis);
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
