package io.lambdadispatch.benchmarks.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.lambdadispatch.benchmarks.engine.MeasuredPool.BareRequest;
import io.lambdadispatch.benchmarks.engine.MeasuredPool.Hand;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A match costs no memory beyond the request and the channel that are matched. The JVM counts exactly, so this cannot flicker. */
class EngineAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MATCHES = 20_000;

    private static long allocated(Runnable work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest(name = "{0} instances, {1} in the queue")
    @CsvSource({"1, 0", "100, 0", "1, 1", "1, 1000", "100, 10000", "10000, 100000"})
    void allocatesNothingItself(int instances, int queued) {
        check(instances, queued, false);
    }

    @ParameterizedTest(name = "{0} instances, {1} in the queue")
    @CsvSource({"1, 0", "100, 0", "1, 1", "1, 1000", "100, 10000", "10000, 100000"})
    void allocatesNothingWhereChannelsAreReused(int instances, int queued) {
        check(instances, queued, true);
    }

    private static void check(int instances, int queued, boolean reuses) {
        MeasuredPool measured = new MeasuredPool(instances);
        Hand hand = Hand.ofThisThread();
        Deque<BareRequest> running = new ArrayDeque<>(2 * measured.capacity());
        for (int i = 0; i < measured.capacity() / (queued > 0 ? 1 : 2); i++) {
            measured.pool().submit(new BareRequest());
            running.add(hand.take());
        }
        for (int i = 0; i < queued; i++) {
            measured.pool().submit(new BareRequest());
        }
        Runnable matches = () -> {
            for (int i = 0; i < MATCHES; i++) {
                measured.pool().submit(new BareRequest());
                if (queued == 0) {
                    running.add(hand.take());
                }
                if (reuses) {
                    measured.completeAndReuse(running.remove());
                } else {
                    measured.complete(running.remove());
                }
                if (queued > 0) {
                    running.add(hand.take());
                }
            }
        };
        BareRequest any = running.peek();
        Runnable bare = () -> {
            for (int i = 0; i < MATCHES; i++) {
                kept = new BareRequest();
                if (!reuses) {
                    kept = MeasuredPool.channelOf(any.instance());
                }
            }
        };
        matches.run();
        bare.run();
        long ofMatches = allocated(matches);
        long ofObjects = allocated(bare);
        assertEquals(0, (ofMatches - ofObjects) / MATCHES, ofMatches + " and " + ofObjects + " bytes");
    }

    /** So that the compiler cannot leave them out. */
    @SuppressWarnings("unused")
    private static volatile Object kept;
}
