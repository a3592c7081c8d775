package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Waiting for apps that do not get healthy; those that do are in {@link RuntimeIT} and {@link InvokeIT}. */
class AppHealthTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    @Test
    void anAppThatDiesWhileSomethingHangsOnItsPortIsNotWaitedFor() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            AppHealth health = new AppHealth(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), hanging.getLocalPort()), "/health", 1);
            AtomicBoolean asked = new AtomicBoolean();
            AtomicBoolean isAlive = new AtomicBoolean(true);
            Thread death = new Thread(() -> {
                try (Socket taken = hanging.accept()) {
                    asked.set(taken.getInputStream().read() == 'G');
                    isAlive.set(false);
                    taken.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    // The other side has given up.
                }
            });
            death.start();
            assertFalse(health.await(LONG, isAlive::get));
            assertTrue(asked.get());
            death.join();
        }
    }
}
