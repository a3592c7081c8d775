package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An environment that stands still, its connections open, as one whose network was cut: nothing ever comes from it again. In the
 * system that this one re-implements, requests of an instance that had died hung (its issue 57).
 */
@Tag("processes")
class FrozenInstanceIT {
    @Test
    void itsRequestsDoNotHangForEver() throws Exception {
        try (LocalSystem system = LocalSystem.named("frozen-instance")
                        .setting("ChannelKeepAlive", "00:00:10")
                        .setting("MaxInstances", "1")
                        .option("--concurrency", "4")
                        .start();
                RawUser unsafe = system.user()) {
            CompletableFuture<HttpResponse<Void>> safe =
                    system.http().sendAsync(system.request("/delay?delay=15000").build(), BodyHandlers.discarding());
            unsafe.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .sendChunk("abc");
            assertEquals(200, unsafe.readHead().status());
            assertEquals("abc", unsafe.readChunk());
            Await.until("both run, and the one who asks", () -> system.debugRequestsInFlight() == 3);
            Await.until("its init-only companion is done", () -> system.count("busy") == 1);
            String frozen = system.busyEnvironment();
            system.freeze(frozen);

            system.awaitInLog("LOST");
            assertFalse(unsafe.readToEnd().endsWith("0\r\n\r\n"), "the app may have done it");
            assertEquals(200, safe.get().statusCode(), "sent to another instance");

            // Once it goes on, it is told to leave.
            system.thaw(frozen);
            system.awaitNoneBusy();
        }
    }
}
