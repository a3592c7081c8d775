package io.lambdadispatch.benchmarks.engine;

import io.lambdadispatch.benchmarks.engine.MeasuredPool.BareRequest;
import io.lambdadispatch.benchmarks.engine.MeasuredPool.Hand;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What a pool does for one request, by how many instances there are and how many requests wait.
 *
 * <p>A match is a request's whole way through the engine: submitted, given a channel, answered, and the channel replaced by a
 * new one. What is allocated for it includes the request and the channel themselves. Exchanges end in the order in which they
 * began, so each operation comes to another instance than the one before.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class EngineBenchmark {
    /** Exchanges that one thread has going, the oldest first. */
    private static final class Exchanges {
        private final BareRequest[] ring;
        private int oldest;

        Exchanges(List<BareRequest> matched, ThreadParams threads) {
            int share = Math.max(1, matched.size() / threads.getThreadCount());
            int from = share * threads.getThreadIndex();
            ring = matched.subList(from, from + share).toArray(BareRequest[]::new);
        }

        BareRequest oldest() {
            return ring[oldest];
        }

        void replaceOldest(BareRequest latest) {
            ring[oldest] = latest;
            oldest = oldest + 1 == ring.length ? 0 : oldest + 1;
        }
    }

    private static List<BareRequest> submit(int requests, MeasuredPool measured) {
        List<BareRequest> matched = new ArrayList<>(requests);
        for (int i = 0; i < requests; i++) {
            measured.pool().submit(new BareRequest());
            matched.add(Hand.ofThisThread().take());
        }
        return matched;
    }

    // Nobody waits

    /** A pool that runs half of what it can. */
    @State(Scope.Benchmark)
    public static class HalfBusy {
        @Param({"1", "100", "10000"})
        public int instances;

        private MeasuredPool measured;
        private List<BareRequest> running;

        @Setup
        public void open() {
            measured = new MeasuredPool(instances);
            running = submit(measured.capacity() / 2, measured);
        }
    }

    /** What one thread has going in it. */
    @State(Scope.Thread)
    public static class Going {
        private Exchanges exchanges;
        private Hand hand;

        @Setup
        public void take(HalfBusy busy, ThreadParams threads) {
            exchanges = new Exchanges(busy.running, threads);
            hand = Hand.ofThisThread();
        }
    }

    /** The request finds a channel at once; then the oldest exchange ends. */
    @Benchmark
    public void matchAtOnce(HalfBusy busy, Going going) {
        busy.measured.pool().submit(new BareRequest());
        BareRequest latest = going.hand.take();
        busy.measured.complete(going.exchanges.oldest());
        going.exchanges.replaceOldest(latest);
    }

    // Some wait

    /** A pool that runs all it can, with requests that wait. */
    @State(Scope.Benchmark)
    public static class Full {
        @Param({"1", "100", "10000"})
        public int instances;

        @Param({"1", "1000", "100000"})
        public int queued;

        private MeasuredPool measured;
        private List<BareRequest> running;

        @Setup
        public void open() {
            measured = new MeasuredPool(instances);
            running = submit(measured.capacity(), measured);
        }
    }

    /** What one thread has going in it, and who waits because of it. */
    @State(Scope.Thread)
    public static class Crowd {
        private Exchanges exchanges;
        private BareRequest[] waiting;
        private Hand hand;
        private final SplittableRandom random = new SplittableRandom(1);

        @Setup
        public void queue(Full full, ThreadParams threads) {
            exchanges = new Exchanges(full.running, threads);
            waiting = new BareRequest[Math.max(1, full.queued / threads.getThreadCount())];
            for (int i = 0; i < waiting.length; i++) {
                waiting[i] = new BareRequest();
                full.measured.pool().submit(waiting[i]);
            }
            hand = Hand.ofThisThread();
        }
    }

    /** The request waits at the end of the queue; the oldest exchange ends, and whoever has waited longest gets its place. */
    @Benchmark
    public void matchFromQueue(Full full, Crowd crowd) {
        full.measured.pool().submit(new BareRequest());
        full.measured.complete(crowd.exchanges.oldest());
        crowd.exchanges.replaceOldest(crowd.hand.take());
    }

    /** A request waits at the end of the queue, and a user somewhere in it leaves. */
    @Benchmark
    public boolean queueAndCancel(Full full, Crowd crowd) {
        int who = crowd.random.nextInt(crowd.waiting.length);
        BareRequest leaves = crowd.waiting[who];
        BareRequest comes = new BareRequest();
        full.measured.pool().submit(comes);
        crowd.waiting[who] = comes;
        return full.measured.pool().cancel(leaves);
    }
}
