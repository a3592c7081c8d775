package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A router that is asked to end finishes what it has begun. */
class ShutdownIT {
    @Test
    void requestsInFlightAreAnsweredAndInstancesLeave() throws Exception {
        try (LocalSystem system = LocalSystem.named("shutdown").start()) {
            assertEquals(
                    200,
                    system.http()
                            .send(system.request("/ping").build(), BodyHandlers.discarding())
                            .statusCode());
            CompletableFuture<HttpResponse<String>> slow =
                    system.http().sendAsync(system.request("/delay?delay=2000").build(), BodyHandlers.ofString());
            Await.until("it runs", () -> system.debugRequestsInFlight() >= 2);
            assertEquals(0, system.endRouter());
            assertEquals(200, slow.get().statusCode());
            system.awaitNoneBusy();
        }
    }
}
