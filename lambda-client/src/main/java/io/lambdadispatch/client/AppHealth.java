package io.lambdadispatch.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the app answers {@code GET /health} with {@code 200}. One attempt at a time, on the caller's thread: this is
 * the only place of the client where a thread waits for the app. Not thread-safe.
 */
final class AppHealth {
    private static final Logger LOG = LoggerFactory.getLogger(AppHealth.class);
    private static final long PAUSE_MILLIS = 10;
    private static final int LONGEST_ATTEMPT_MILLIS = 60_000;
    private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

    private final InetSocketAddress app;
    private final byte[] request;
    private boolean healthy;

    AppHealth(InetSocketAddress app) {
        this.app = app;
        this.request = ("GET /health HTTP/1.1\r\nHost: " + app.getHostString() + ':' + app.getPort()
                        + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    boolean isHealthy() {
        return healthy;
    }

    /**
     * Waits until the app is healthy, and remembers that it was.
     *
     * @return whether it is; {@code false} when the time ran out
     * @throws InterruptedException when the thread was interrupted while it waited
     */
    boolean await(Duration longest) throws InterruptedException {
        long start = System.nanoTime();
        while (!healthy) {
            long left = longest.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            if (left <= 0) {
                return false;
            }
            healthy = answersOk((int) Math.min(left, LONGEST_ATTEMPT_MILLIS));
            if (!healthy) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        LOG.debug("app is healthy after {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        return true;
    }

    private boolean answersOk(int timeoutMillis) {
        try (Socket socket = new Socket()) {
            socket.connect(app, timeoutMillis);
            socket.setSoTimeout(timeoutMillis);
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(request);
            InputStream in = socket.getInputStream();
            byte[] status = in.readNBytes(OK.length);
            // The minor version is the app's own business.
            return status.length == OK.length
                    && status[OK.length - 3] == '2'
                    && status[OK.length - 2] == '0'
                    && status[OK.length - 1] == '0';
        } catch (IOException e) {
            LOG.trace("app is not there yet", e);
            return false;
        }
    }
}
