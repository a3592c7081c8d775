package io.lambdadispatch.jetty;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections users may have to all of their ports together. Beyond it nobody is accepted, until one closes: each costs
 * a file, and the instances that serve them need some too.
 *
 * <p>Not Jetty's {@code NetworkConnectionLimit}: its ports, once opened again, accept all who wait outside, and close those who are
 * too many. These have sent their requests by then.
 *
 * <p>Ports ask before they accept, each on a thread of its own: there may be one more for each port but the first.
 */
final class UserConnectionLimit {
    private static final Logger LOG = LoggerFactory.getLogger(UserConnectionLimit.class);

    private static final int QUARTERS_FOR_USERS = 3;

    /** Of a limit of three quarters of all files, an eighth of all files. */
    private static final int SIXTHS = 6;

    private static final int LEAST_QUEUE = 128;

    /** Linux takes no more by default ({@code net.core.somaxconn}). */
    private static final int MOST_QUEUE = 4096;

    private final int limit;
    private final AtomicInteger connections = new AtomicInteger();

    /** At the limit, one comes for each who leaves: that is told once, until there was plenty of room again. */
    private final AtomicBoolean isNews = new AtomicBoolean(true);

    private final List<UsersConnector> ports = new CopyOnWriteArrayList<>();

    /**
     * @param limit empty: what the files that this process may open suggest
     */
    UserConnectionLimit(OptionalInt limit) {
        this.limit = limit.orElseGet(UserConnectionLimit::suggested);
    }

    private static int suggested() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            long files = unix.getMaxFileDescriptorCount();
            if (files > 0) {
                return (int) Math.min(files / 4 * QUARTERS_FOR_USERS, Integer.MAX_VALUE);
            }
        }
        return Integer.MAX_VALUE;
    }

    /** How many may wait outside of each port: all of them come in when the router leaves, and their files are to be free then. */
    int queue() {
        return Math.max(LEAST_QUEUE, Math.min(limit / SIXTHS, MOST_QUEUE));
    }

    /** Is to be told when it has room again. */
    void add(UsersConnector port) {
        ports.add(port);
    }

    boolean isReached() {
        return connections.get() >= limit;
    }

    void onAccepted() {
        if (connections.incrementAndGet() >= limit && isNews.getAndSet(false)) {
            LOG.warn("users have {} connections, as many as they may: more wait until one closes", limit);
        }
    }

    void onClosed() {
        int left = connections.decrementAndGet();
        if (left == limit - 1) {
            ports.forEach(UsersConnector::watchDoor);
        }
        if (left <= limit / 2) {
            isNews.set(true);
        }
    }
}
