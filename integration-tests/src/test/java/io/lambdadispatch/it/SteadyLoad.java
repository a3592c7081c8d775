package io.lambdadispatch.it;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Users who come at a steady rate, as long as there are not too many of them: safe and unsafe requests, short and slow ones, on
 * kept connections. Whatever is not answered as it should be is noted.
 */
final class SteadyLoad implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    /** A small machine that is slow to start an instance must not be drowned meanwhile. */
    private static final int MOST_IN_FLIGHT = 40;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final String url;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    private SteadyLoad(String url) {
        this.url = url;
    }

    static SteadyLoad start(String url, int perSecond) {
        SteadyLoad load = new SteadyLoad(url);
        long pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        var unused = load.clock.scheduleAtFixedRate(load::next, 0, pauseNanos, TimeUnit.NANOSECONDS);
        return load;
    }

    private void next() {
        if (sent.get() - ended.get() >= MOST_IN_FLIGHT) {
            return;
        }
        int number = sent.getAndIncrement();
        switch (number % 5) {
            case 0, 1 -> send(request("/ping").GET(), "pong");
            case 2 -> send(request("/echo").POST(BodyPublishers.ofString("user " + number)), "user " + number);
            case 3 ->
                send(request("/echo-slow?delay=50").POST(BodyPublishers.ofString("user " + number)), "user " + number);
            default -> send(request("/delay?delay=100").GET(), null);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(ANSWER_LIMIT);
    }

    private void send(HttpRequest.Builder builder, String expected) {
        HttpRequest request = builder.build();
        var unused = http.sendAsync(request, BodyHandlers.ofString()).whenComplete((answer, failure) -> {
            String fault = faultOf(answer, failure, expected);
            if (fault != null) {
                failures.add(request.method() + ' ' + request.uri().getPath() + ": " + fault);
            }
            ended.incrementAndGet();
        });
    }

    private static String faultOf(HttpResponse<String> answer, Throwable failure, String expected) {
        if (failure != null) {
            return failure.toString();
        }
        if (answer.statusCode() != 200) {
            return "status " + answer.statusCode() + ": " + answer.body().strip();
        }
        return expected == null || expected.equals(answer.body()) ? null : "body " + answer.body();
    }

    /** Requests that were answered, or failed. */
    int ended() {
        return ended.get();
    }

    /** What went wrong so far. */
    List<String> failures() {
        return failures;
    }

    /** Sends no more, and waits for the answers to those sent. */
    void stop() throws InterruptedException {
        clock.shutdown();
        boolean unused = clock.awaitTermination(1, TimeUnit.MINUTES);
        Await.until("all users are answered", () -> ended.get() == sent.get());
    }

    @Override
    public void close() throws IOException {
        clock.shutdownNow();
    }
}
