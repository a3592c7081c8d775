package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.RawUser;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a request costs the router in memory and in waiting, Jetty's own part included: the JVM counts for each thread what it has
 * allocated, and how often it has waited for another one. Time is nobody's to promise on a machine that others use; this is.
 */
class RelayCostTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 400;
    private static final int ROUNDS = 4;
    private static final int REQUESTS = 200;

    /** Above what was seen, in {@link #aSmallRequestAllocatesLittle}, with either Java; docs/performance.md has the figures. */
    private static final long MOST_BYTES = 16_000;

    /** The same, where the channel stays. */
    private static final long MOST_BYTES_REUSED = 9_000;

    /** None was seen; each is some 10 us of CPU. Timers and spare threads wait as well, by the clock. */
    private static final double MOST_WAITS = 0.5;

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
    void aSmallRequestAllocatesLittle() throws Exception {
        assertAllocates(MOST_BYTES, rig.instance()::open);
    }

    /** The same through a channel that is there. */
    @Test
    void aSmallRequestInAChannelThatStaysAllocatesLess() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        assertAllocates(MOST_BYTES_REUSED, () -> channel);
    }

    /** Whoever reads a request or an answer takes it all the way. */
    @Test
    void aSmallRequestIsHandedToNoOtherThread() throws Exception {
        assertIsHandedToNobody(rig.instance()::open);
    }

    @Test
    void aSmallRequestInAChannelThatStaysIsHandedToNoOtherThread() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        assertIsHandedToNobody(() -> channel);
    }

    private void assertAllocates(long most, Supplier<ScriptedChannel> channels) throws Exception {
        double least = least(RelayCostTest::allocatedBytes, channels);
        assertTrue(least > 0, "nothing was counted");

        assertTrue(least <= most, least + " bytes a request");
    }

    private void assertIsHandedToNobody(Supplier<ScriptedChannel> channels) throws Exception {
        double least = least(RelayCostTest::waits, channels);

        assertTrue(least <= MOST_WAITS, least + " hand-offs a request");
    }

    /** A request's, in the round in which least else was going on. */
    private double least(Supplier<Map<Long, Long>> count, Supplier<ScriptedChannel> channels) throws Exception {
        RawUser user = rig.user();
        serve(user, WARM_UP, channels);
        double least = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            Map<Long, Long> before = count.get();
            serve(user, REQUESTS, channels);
            least = Math.min(least, (double) grown(before, count.get()) / REQUESTS);
        }
        return least;
    }

    private static void serve(RawUser user, int requests, Supplier<ScriptedChannel> channels) throws Exception {
        for (int i = 0; i < requests; i++) {
            ScriptedChannel channel = channels.get();
            user.get("/ping");
            channel.serve("pong");
            assertEquals("pong", user.readAnswer().text());
        }
    }

    private static Map<Long, Long> allocatedBytes() {
        return byThread(thread -> THREADS.getThreadAllocatedBytes(thread.getThreadId()));
    }

    /** But for those of the router's one thread, which waits for the next moment to look at its pools. */
    private static Map<Long, Long> waits() {
        return byThread(thread -> thread.getThreadName().equals("lambda-dispatch") ? 0 : thread.getWaitedCount());
    }

    /** Neither those of the test's kit nor the test's own. */
    private static Map<Long, Long> byThread(ToLongFunction<ThreadInfo> figure) {
        Map<Long, Long> figures = new HashMap<>();
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            boolean isRouters = thread != null
                    && !thread.getThreadName().startsWith(KitThreads.PREFIX)
                    && thread.getThreadId() != Thread.currentThread().getId();
            if (isRouters) {
                figures.put(thread.getThreadId(), figure.applyAsLong(thread));
            }
        }
        return figures;
    }

    private static long grown(Map<Long, Long> before, Map<Long, Long> after) {
        long sum = 0;
        for (Map.Entry<Long, Long> thread : after.entrySet()) {
            sum += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return sum;
    }
}
