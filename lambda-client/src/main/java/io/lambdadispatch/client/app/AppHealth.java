package io.lambdadispatch.client.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the app answers {@code GET} on its health path with any {@code 2xx}. One attempt at a time, on the caller's thread: this is
 * the only place of the client where a thread waits for the app. Not thread-safe.
 */
final class AppHealth {
    private static final Logger LOG = LoggerFactory.getLogger(AppHealth.class);
    private static final long PAUSE_MILLIS = 10;
    private static final int LONGEST_ATTEMPT_MILLIS = 60_000;
    private static final long TELL_EVERY_MILLIS = 5_000;
    private static final long LOOK_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final InetSocketAddress app;
    private final String path;
    private final long tellEveryNanos;
    private final byte[] request;
    private boolean healthy;
    private long start;
    private long tellAt;

    /** What stood in the way last, for who reads the log. */
    private String obstacle;

    /** @param path begins with a slash */
    AppHealth(InetSocketAddress app, String path) {
        this(app, path, TELL_EVERY_MILLIS);
    }

    /** Tells more often, or less. */
    AppHealth(InetSocketAddress app, String path, long tellEveryMillis) {
        this.app = app;
        this.path = path;
        this.tellEveryNanos = TimeUnit.MILLISECONDS.toNanos(tellEveryMillis);
        this.request = ("GET " + path + " HTTP/1.1\r\nHost: " + app.getHostString() + ':' + app.getPort()
                        + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Waits until the app is healthy, and remembers that it was.
     *
     * @param mayCome whether there is still an app to wait for
     * @return whether it is; {@code false} when the time ran out, or there is no app any more
     * @throws InterruptedException when the thread was interrupted while it waited
     */
    boolean await(Duration longest, BooleanSupplier mayCome) throws InterruptedException {
        start = System.nanoTime();
        tellAt = start + tellEveryNanos;
        while (!healthy) {
            long left = longest.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            if (left <= 0 || !mayCome.getAsBoolean()) {
                return false;
            }
            healthy = answersWell((int) Math.min(left, LONGEST_ATTEMPT_MILLIS), mayCome);
            if (!healthy) {
                tellWhenItIsTime();
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        LOG.debug("app is healthy after {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        return true;
    }

    /** Lambda ends an init that takes too long, and tells nobody why it did. */
    private void tellWhenItIsTime() {
        long now = System.nanoTime();
        if (now - tellAt >= 0) {
            tellAt = now + tellEveryNanos;
            LOG.warn(
                    "after {} ms GET {} on port {} is not answered with a 2xx yet: {}",
                    TimeUnit.NANOSECONDS.toMillis(now - start),
                    path,
                    app.getPort(),
                    obstacle);
        }
    }

    private boolean answersWell(int timeoutMillis, BooleanSupplier mayCome) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        try (Socket socket = new Socket()) {
            socket.connect(app, timeoutMillis);
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(request);
            obstacle = "no answer";
            // The minor version is the app's own business.
            byte[] begin = new byte[STATUS_AT + 3];
            if (!readAll(socket, begin, end, mayCome)) {
                return false;
            }
            obstacle = new String(begin, StandardCharsets.ISO_8859_1);
            return begin[STATUS_AT] == '2';
        } catch (IOException e) {
            obstacle = e.getMessage();
            LOG.trace("app is not there yet", e);
            return false;
        }
    }

    /** A socket's time-out is for one read, and there may be many. Who hangs may die, or be hung by a process that is not the app. */
    private boolean readAll(Socket socket, byte[] bytes, long end, BooleanSupplier mayCome) throws IOException {
        int length = 0;
        while (length < bytes.length) {
            long now = System.nanoTime();
            if (end - now <= 0 || !mayCome.getAsBoolean()) {
                return false;
            }
            long left = TimeUnit.NANOSECONDS.toMillis(Math.min(Math.min(end - now, tellAt - now), LOOK_UP_NANOS));
            socket.setSoTimeout((int) Math.max(1, left));
            int size = read(socket, bytes, length);
            if (size < 0) {
                return false;
            }
            length += size;
        }
        return true;
    }

    private int read(Socket socket, byte[] bytes, int offset) throws IOException {
        try {
            return socket.getInputStream().read(bytes, offset, bytes.length - offset);
        } catch (SocketTimeoutException e) {
            tellWhenItIsTime();
            return 0;
        }
    }
}
