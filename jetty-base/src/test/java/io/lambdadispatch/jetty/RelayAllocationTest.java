package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.RawUser;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a request costs the router in memory, Jetty's own part included: the JVM counts for each thread what it has allocated. Time
 * is nobody's to promise on a machine that others use; this is.
 */
class RelayAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 400;
    private static final int ROUNDS = 4;
    private static final int REQUESTS = 200;

    /** Above what was seen, in {@link #aSmallRequest}, with either Java; docs/performance.md has the figures. */
    private static final long MOST_BYTES = 20_000;

    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = Rig.warm();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    /** A channel is opened, a request without a body comes, goes through, and is answered by a few bytes. */
    @Test
    void aSmallRequest() throws Exception {
        RawUser user = rig.user();
        serve(user, WARM_UP);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            Map<Long, Long> before = allocated();
            serve(user, REQUESTS);
            least = Math.min(least, grown(before) / REQUESTS);
        }
        assertTrue(least > 0, "nothing was counted");
        assertTrue(least <= MOST_BYTES, least + " bytes a request");
    }

    private void serve(RawUser user, int requests) throws Exception {
        for (int i = 0; i < requests; i++) {
            ScriptedChannel channel = rig.instance().open();
            user.get("/ping");
            channel.serve("pong");
            assertEquals("pong", user.readAnswer().text());
        }
    }

    /** By thread; neither those of the test's kit nor the test's own. */
    private static Map<Long, Long> allocated() {
        Map<Long, Long> bytes = new HashMap<>();
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            boolean isRouters = thread != null
                    && !thread.getThreadName().startsWith(KitThreads.PREFIX)
                    && thread.getThreadId() != Thread.currentThread().getId();
            if (isRouters) {
                bytes.put(thread.getThreadId(), THREADS.getThreadAllocatedBytes(thread.getThreadId()));
            }
        }
        return bytes;
    }

    private static long grown(Map<Long, Long> before) {
        long bytes = 0;
        for (Map.Entry<Long, Long> thread : allocated().entrySet()) {
            bytes += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return bytes;
    }
}
