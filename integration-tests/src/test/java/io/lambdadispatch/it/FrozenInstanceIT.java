package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An environment that stands still, its connections open, as one whose network was cut: nothing ever comes from it again. */
class FrozenInstanceIT {
    @Test
    void itsRequestsDoNotHangForEver() throws Exception {
        try (LocalSystem system = LocalSystem.named("frozen-instance")
                .setting("ChannelKeepAlive", "00:00:10")
                .option("--concurrency", "4")
                .start()) {
            CompletableFuture<HttpResponse<Void>> safe =
                    system.http().sendAsync(system.request("/delay?delay=15000").build(), BodyHandlers.discarding());
            CompletableFuture<HttpResponse<Void>> unsafe = system.http()
                    .sendAsync(
                            system.request("/echo-slow?delay=15000")
                                    .POST(BodyPublishers.ofString("unsafe"))
                                    .build(),
                            BodyHandlers.discarding());
            Await.until("both run", () -> system.routerLog().contains("opened") && system.debugRequestsInFlight() == 3);
            Await.until("its init-only companion is done", () -> system.count("busy") == 1);
            String frozen = system.busyEnvironment();
            system.freeze(frozen);

            Await.until("it counts as lost", () -> system.routerLog().contains("LOST"));
            assertEquals(200, safe.get().statusCode(), "sent to another instance");
            assertEquals(502, unsafe.get().statusCode(), "the app may have done it");

            // Once it goes on, it is told to leave.
            system.thaw(frozen);
            system.awaitNoneBusy();
        }
    }
}
