package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.Await;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of two routers dies without a word: its users see that their answers will not come, its instances leave by themselves, and
 * nobody of the other router notices.
 */
@Tag("processes")
class KilledRouterIT {
    private static final int PER_SECOND = 50;

    /** The app's slow echo rests after each 64 KB. */
    private static final byte[] LONG_BODY = new byte[256 * 1024];

    @TempDir
    private Path directory;

    @Test
    void itsInstancesLeaveAndTheOtherServesOn() throws Exception {
        try (LocalSystem system =
                LocalSystem.named("killed-router").option("--concurrency", "6").start()) {
            String pidFile = directory.resolve("other.pid").toString();
            try (Service other = system.startRouter("other", Map.of("PidFile", pidFile));
                    SteadyLoad load = SteadyLoad.start(StandaloneRouter.url(other), PER_SECOND)) {
                Await.until("the other serves", () -> load.ended() > PER_SECOND);
                CompletableFuture<HttpResponse<Void>> cutOff = system.http()
                        .sendAsync(
                                system.request("/echo-slow?delay=600000")
                                        .POST(BodyPublishers.ofByteArray(LONG_BODY))
                                        .build(),
                                BodyHandlers.discarding());
                system.awaitInLog("opened after");

                system.signalRouter("KILL");

                assertThrows(ExecutionException.class, cutOff::get);
                int before = load.ended();
                Await.until("the other serves on", () -> load.ended() > before + PER_SECOND);
                load.stop();
                assertEquals(List.of(), load.failures());
                assertEquals(0, other.end());
            }
            // No router is left: whatever environments are still busy are the dead one's.
            system.awaitNoneBusy();
            assertTrue(system.count("attempts") > 1, system.stats());
        }
    }
}
