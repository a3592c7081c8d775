package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.it.Telemetry.Line;
import io.lambdadispatch.testkit.Await;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** An environment that is killed while it serves costs the unsafe requests that were in flight on it, and nothing else. */
class KilledInstanceIT {
    private static final int MAX_CONCURRENT = 10;
    private static final int MAX_INSTANCES = 2;
    private static final int OF_EACH_KIND = 60;

    /** So that two instances take some seconds for all. */
    private static final int MILLIS_EACH = 1000;

    /** The demo app rests once in so many. */
    private static final int BODY_BYTES = 100 * 1024;

    private static final Duration SURELY_SERVING = Duration.ofSeconds(1);

    @Test
    void onlyUnsafeRequestsInFlightAreLost() throws Exception {
        try (LocalSystem system = LocalSystem.named("killed-instance")
                .observed()
                .setting("MaxConcurrentCount", Integer.toString(MAX_CONCURRENT))
                .setting("MaxInstances", Integer.toString(MAX_INSTANCES))
                .option("--concurrency", "6")
                .start()) {
            Telemetry telemetry = system.telemetry();
            assertEquals(200, send(system, system.request("/ping")).get().statusCode());
            List<CompletableFuture<HttpResponse<Void>>> safe = new ArrayList<>();
            List<CompletableFuture<HttpResponse<Void>>> unsafe = new ArrayList<>();
            for (int i = 0; i < OF_EACH_KIND; i++) {
                safe.add(send(system, system.request("/delay?delay=" + MILLIS_EACH)));
                unsafe.add(send(
                        system,
                        system.request("/echo-slow?delay=" + MILLIS_EACH)
                                .POST(BodyPublishers.ofByteArray(new byte[BODY_BYTES]))));
            }
            String stopped = stopOneAtWork(system);
            String instance = system.instanceIn(stopped).orElseThrow();
            system.kill(stopped);

            for (CompletableFuture<HttpResponse<Void>> answer : safe) {
                assertEquals(200, answer.get().statusCode());
            }
            int lost = 0;
            for (CompletableFuture<HttpResponse<Void>> answer : unsafe) {
                lost += isLost(answer) ? 1 : 0;
            }
            Await.until("each request has its line", () -> telemetry.requests().size() == 1 + 2 * OF_EACH_KIND);
            List<Line> failed = telemetry.requests().stream()
                    .filter(Line::isInstanceToBlame)
                    .toList();
            assertEquals(lost, failed.size(), "lost to the users, and in the router's eyes");
            assertTrue(
                    failed.stream().allMatch(line -> line.instance().equals(instance)), () -> instance + ": " + failed);
            assertTrue(lost <= MAX_CONCURRENT, lost + " unsafe requests lost");
            double retried = telemetry.figure("request_retries_total");
            assertTrue(lost + retried > 0, "nothing was in flight on " + instance);
            assertEquals(telemetry.requests().stream().filter(Line::isRetried).count(), (long) retried, "sent again");
        }
    }

    private static CompletableFuture<HttpResponse<Void>> send(LocalSystem system, HttpRequest.Builder request) {
        return system.http().sendAsync(request.build(), BodyHandlers.discarding());
    }

    /** An environment that stands still, and has requests, which can therefore not end before it is killed. */
    private static String stopOneAtWork(LocalSystem system) {
        return Await.value("an environment with requests in flight", () -> {
            for (String environment : system.environmentsBusyFor(SURELY_SERVING)) {
                if (system.freezesAtWork(environment)) {
                    return environment;
                }
            }
            return null;
        });
    }

    /** Users are told by 502, or by an answer that breaks off. */
    private static boolean isLost(CompletableFuture<HttpResponse<Void>> answer) throws InterruptedException {
        try {
            int status = answer.get().statusCode();
            assertTrue(status == 200 || status == 502, "status " + status);
            return status == 502;
        } catch (ExecutionException e) {
            return true;
        }
    }
}
