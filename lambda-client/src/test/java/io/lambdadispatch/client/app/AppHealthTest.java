package io.lambdadispatch.client.app;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOError;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Waiting for apps that do not get healthy; those that do are in the tests of the whole client. */
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

    /** Its answer would be complete after some seconds, which nobody has. */
    @Test
    void anAppWhoseHealthTricklesInIsNotWaitedForLongerThanThereIsTime() throws Exception {
        try (ServerSocket trickling = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread app = new Thread(() -> trickle(trickling));
            app.setDaemon(true);
            app.start();
            AppHealth health = new AppHealth((InetSocketAddress) trickling.getLocalSocketAddress(), "/health");
            assertFalse(health.await(Duration.ofMillis(400), () -> true));
        }
    }

    private static void trickle(ServerSocket server) {
        try (Socket socket = server.accept()) {
            for (byte b : "HTTP/1.1 200 OK".getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(b);
                TimeUnit.MILLISECONDS.sleep(250);
            }
        } catch (IOException | InterruptedException e) {
            // Nobody waits for it any more.
        }
    }

    @Test
    void anAppThatNobodyStartsIsWaitedForAsLongAsThereIsTime() throws Exception {
        try (ReservedPort port = new ReservedPort()) {
            AppHealth health =
                    new AppHealth(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number()), "/health");
            assertFalse(health.await(Duration.ofMillis(100), () -> true));
        }
    }

    @Test
    void anAppThatCannotBeReachedEndsTheRuntimesLoop() {
        assertInstanceOf(IOError.class, new AppUnreachableError("gone"));
    }
}
