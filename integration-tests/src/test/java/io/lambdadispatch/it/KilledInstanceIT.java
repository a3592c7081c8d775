package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An environment that is killed while it serves costs the unsafe requests that were in flight on it, and nothing else. */
class KilledInstanceIT {
    private static final int MAX_CONCURRENT = 10;
    private static final int SAFE = 60;
    private static final int UNSAFE = 60;

    @Test
    void onlyUnsafeRequestsInFlightAreLost() throws Exception {
        try (LocalSystem system = LocalSystem.named("killed-instance")
                .setting("MaxConcurrentCount", Integer.toString(MAX_CONCURRENT))
                .option("--concurrency", "6")
                .start()) {
            assertEquals(
                    200,
                    system.http()
                            .send(system.request("/ping").build(), BodyHandlers.discarding())
                            .statusCode());
            List<CompletableFuture<HttpResponse<Void>>> safe = new ArrayList<>();
            List<CompletableFuture<HttpResponse<Void>>> unsafe = new ArrayList<>();
            for (int i = 0; i < SAFE; i++) {
                safe.add(system.http()
                        .sendAsync(system.request("/delay?delay=300").build(), BodyHandlers.discarding()));
            }
            for (int i = 0; i < UNSAFE; i++) {
                unsafe.add(system.http()
                        .sendAsync(
                                system.request("/echo-slow?delay=300")
                                        .POST(BodyPublishers.ofString("unsafe"))
                                        .build(),
                                BodyHandlers.discarding()));
            }
            // In the midst of it: some have been answered, most have not.
            Await.until(
                    "some answers are in",
                    () -> safe.stream().filter(CompletableFuture::isDone).count() >= 5);
            system.kill(system.busyEnvironment());

            for (CompletableFuture<HttpResponse<Void>> answer : safe) {
                assertEquals(200, answer.get().statusCode());
            }
            int lost = 0;
            for (CompletableFuture<HttpResponse<Void>> answer : unsafe) {
                int status = answer.get().statusCode();
                assertTrue(status == 200 || status == 502, "status " + status);
                lost += status == 502 ? 1 : 0;
            }
            assertTrue(lost <= MAX_CONCURRENT, lost + " unsafe requests lost");
        }
    }
}
