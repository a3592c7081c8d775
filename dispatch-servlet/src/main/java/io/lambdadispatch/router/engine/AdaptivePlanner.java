package io.lambdadispatch.router.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Instances by Little's law, for what comes and for what waits; it knows how long a start takes.
 *
 * <p><b>What comes.</b> Requests that come at a rate λ and take a time W each keep λ × W running (Little, 1961). {@link Traffic}
 * measures both: λ since it has changed by more than chance, at most over 30 s, and W from all that run. An instance is planned to
 * run {@code ceil(maxConcurrent / multiplier)} of them: the rest is head room for what no average shows. However little the
 * multiplier leaves, there is room for n + √n where n are expected, because requests that come by chance deviate by √n. 100
 * requests per second of 200 ms each keep 20 running; at five an instance that wants 4. What will run is reckoned for the moment
 * when a start is over, so streams of minutes count as they stand, and a burst of them is not taken for a flow.
 *
 * <p><b>What waits.</b> An instance that is started now is of use only when its start is over. It is worth starting as many as
 * are needed for all that waits, and all that comes meanwhile, to begin within {@value #PATIENCE_SHARE_OF_STARTUP} of the time
 * that the start takes: sooner would hardly be noticed after such a wait, and cost more. What the open instances will have
 * begun by then, and those that start already, needs no more; so none is started when they will be through sooner.
 *
 * <p><i>200 requests at once, nothing open, nothing known.</i> A start is taken for 4 s, so all should begin within 4.6 s, and a
 * request for 150 ms. An instance of ten begins 10 × (1 + 0.6 / 0.15) = 50 in its last 0.6 s. 200 in 30 s are 6.7 per second,
 * so 31 more may come in 4.6 s: 231 / 50 = 4.6 wants 5. If it should go on like that, 200 per second keep 30 running: at five an
 * instance that wants 6. <b>So 6 are started, and no more.</b> If the start takes 5 s and the requests 200 ms, four rounds of at
 * most 60 are over after 5.8 s, which is 1.12 times the 5.2 s that no number of instances could better.
 *
 * <p><b>Fewer</b> only when fewer have done for the whole of a delay, and then as many as the delay's busiest moment wanted, and a
 * twentieth more of load would; never while a request waits. None when nothing runs for as long.
 *
 * <p><b>Those who leave by themselves</b> had nothing to do, or their time was over. Unless what runs fills the others, or a
 * request waits, they are not replaced for the length of the delay, lest instances come only to leave again. Those that have
 * said when they will leave are replaced before, so they are not missed.
 */
public final class AdaptivePlanner implements CapacityPlanner<AdaptivePlanner.Memory> {
    /** A lull shorter than this costs less than starting again. */
    public static final Duration SCALE_DOWN_DELAY = Duration.ofSeconds(5);

    private static final double PATIENCE_SHARE_OF_STARTUP = 0.15;
    private static final double LEAST_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How much more load fewer instances must stand, so that not each small change is followed. */
    private static final double SLACK = 1.05;

    /** So little of an instance is not worth one. */
    private static final double TRIFLE = 0.01;

    private final int maxConcurrent;
    private final int planned;
    private final long scaleDownDelayNanos;

    /**
     * What is remembered.
     *
     * @param traffic as measured
     * @param low fewer instances would do
     * @param lowPeak as many would have done at most since then
     * @param left instances have left by themselves, and when
     */
    public record Memory(int desired, Traffic traffic, Lasting low, int lowPeak, Lasting left)
            implements CapacityPlanner.Memory {
        private Memory enough(int instances, Lasting leftBefore) {
            return new Memory(instances, traffic, Lasting.NOT, 0, leftBefore);
        }

        private Memory started(int instances) {
            return new Memory(desired, traffic.plusStarts(instances), low, lowPeak, left);
        }
    }

    /**
     * @param maxConcurrent requests that one instance may run at once
     * @param multiplier how many times more instances than would be needed with every one of them full
     * @param scaleDownDelay how long fewer instances must do before one is told to leave
     */
    public AdaptivePlanner(int maxConcurrent, int multiplier, Duration scaleDownDelay) {
        this.maxConcurrent = maxConcurrent;
        this.planned = (maxConcurrent + multiplier - 1) / multiplier;
        this.scaleDownDelayNanos = scaleDownDelay.toNanos();
    }

    @Override
    public Memory begin() {
        return new Memory(0, Traffic.NONE, Lasting.NOT, 0, Lasting.NOT);
    }

    @Override
    public Memory plan(Observation books, Memory memory, long startupNanos, long nowNanos) {
        Traffic traffic = memory.traffic.seen(books, startupNanos, nowNanos);
        Memory seen = new Memory(memory.desired, traffic, memory.low, memory.lowPeak, memory.left);
        Memory decided = books.pending() > 0
                ? whileSomeWait(books, seen, startupNanos)
                : whileNobodyWaits(books, seen, startupNanos, nowNanos);
        return decided.started(Math.max(0, decided.desired - books.present()));
    }

    private Memory whileSomeWait(Observation books, Memory memory, long startupNanos) {
        int forFlow = forFlow(memory.traffic.runningIn(startupNanos));
        int wanted = Math.max(1, Math.max(forFlow, forQueue(books, memory.traffic, startupNanos)));
        return memory.enough(Math.max(memory.desired, wanted), Lasting.NOT);
    }

    private Memory whileNobodyWaits(Observation books, Memory memory, long startupNanos, long nowNanos) {
        int there = books.starting() + books.open();
        Lasting left = left(memory, there, nowNanos);
        boolean isIdle = books.peakRunning() == 0;
        int most = left.holds() || isIdle ? Math.max(there, withRoom(books.peakRunning())) : Integer.MAX_VALUE;
        double running = memory.traffic.runningIn(startupNanos);
        int wanted = wanted(running, isIdle, most);
        int desired = Math.min(memory.desired, Math.max(there, wanted));
        if (wanted >= desired) {
            return memory.enough(wanted, left);
        }
        int enough = wanted(SLACK * running, isIdle, most);
        Lasting low = memory.low.seen(enough < desired, nowNanos);
        int lowPeak = low.holds() ? Math.max(memory.lowPeak, enough) : 0;
        return low.lasts(scaleDownDelayNanos, nowNanos)
                ? memory.enough(lowPeak, left)
                : new Memory(desired, memory.traffic, low, lowPeak, left);
    }

    private Lasting left(Memory memory, int there, long nowNanos) {
        if (there < memory.desired) {
            return new Lasting(true, nowNanos);
        }
        Lasting left = memory.left.seen(memory.left.holds(), nowNanos);
        return left.lasts(scaleDownDelayNanos, nowNanos) ? Lasting.NOT : left;
    }

    private int wanted(double running, boolean isIdle, int most) {
        int forFlow = forFlow(running);
        if (isIdle && forFlow <= 1) {
            return 0;
        }
        return Math.min(Math.max(1, forFlow), most);
    }

    private int forFlow(double running) {
        return Math.max(instances(running / planned), withRoom(running));
    }

    private int withRoom(double running) {
        return instances((running + Math.sqrt(running)) / maxConcurrent);
    }

    /** The unit is what one instance runs at once: it begins one such lot when it opens, and one more in each W. */
    private int forQueue(Observation books, Traffic traffic, long startupNanos) {
        double took = traffic.work().tookNanos();
        double sofar = traffic.starting().meanNanos();
        double startup = Math.max((double) startupNanos, sofar);
        double patience = Math.max(LEAST_PATIENCE_NANOS, PATIENCE_SHARE_OF_STARTUP * startup);
        double until = startup + patience;
        double toBegin = (books.pending() + traffic.rate().lastingPerNano() * until) / maxConcurrent;
        double byOpen = books.open() * until / took;
        double byStarting = books.starting() * (1 + (sofar + patience) / took);
        double byEachMore = 1 + patience / took;
        return books.present() + Math.max(0, instances((toBegin - byOpen - byStarting) / byEachMore));
    }

    private static int instances(double exactly) {
        return (int) Math.ceil(exactly - TRIFLE);
    }

    @Override
    public Memory withheld(Memory before, Memory decided, int had) {
        Memory less = decided.started(had - decided.desired);
        return new Memory(had, less.traffic, less.low, less.lowPeak, less.left);
    }
}
