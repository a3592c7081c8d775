package io.lambdadispatch.router.engine;

import io.lambdadispatch.router.engine.Observation.Flow;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Instances by Little's law, for what comes and for what waits; it knows how long a start takes.
 *
 * <p><b>What comes.</b> Requests that come at a rate λ and take a time W each keep λ × W running (Little, 1961). Both are
 * measured; the rate over a stable window and over a short one, which finds a rush at once, and the higher of both counts. Where
 * requests run for longer than a window, how many ran is the better measure, so that counts when it is higher. An instance is
 * planned to run {@code maxConcurrent / multiplier} of them: the rest is head room for what no average shows. 100 requests per
 * second of 200 ms each keep 20 running; at five an instance that wants 4.
 *
 * <p><b>What waits.</b> An instance that is started now is of use only when its start is over. What will wait then is what waits
 * now, and what will have come, without what the open instances will have served. It is worth starting as many more as can
 * serve that within a fifth of the time that the start took (or in the time of one request, if that is longer): faster would
 * hardly be noticed after such a wait, and cost more. 200 waiting, 200 ms each, a start of 5 s, nothing open: ten at a time
 * serve 50 a second, so 200 a second, for one second, take 4. There are never more than the waiting could fill.
 *
 * <p><b>Fewer</b> only when fewer have done for the whole of a delay, and then as many as the delay's busiest moment wanted; never
 * while a request waits. None when nothing runs for as long.
 *
 * <p>Before anything was measured a request is taken for 250 ms.
 */
public final class AdaptivePlanner implements CapacityPlanner<AdaptivePlanner.Memory> {
    /** A lull shorter than this costs less than starting again. */
    public static final Duration SCALE_DOWN_DELAY = Duration.ofSeconds(5);

    private static final double STABLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final double PANIC_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final double FIRST_GUESS_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final double LEAST_DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final double DRAIN_SHARE_OF_STARTUP = 0.2;

    /** What is 4 but for rounding is not 5. */
    private static final double ROUNDING = 1e-6;

    private final int maxConcurrent;
    private final double planned;
    private final long scaleDownDelayNanos;

    /**
     * What is remembered.
     *
     * @param stable averages over the long window
     * @param panic averages over the short one
     * @param durations of requests that ended
     * @param low fewer instances would do
     * @param lowPeak as many would have done at most since then
     * @param flow at that moment
     * @param atNanos when that was
     * @param isBegun whether the moment means anything
     */
    public record Memory(
            int desired,
            Averages stable,
            Averages panic,
            Durations durations,
            Lasting low,
            int lowPeak,
            Flow flow,
            long atNanos,
            boolean isBegun)
            implements CapacityPlanner.Memory {

        private Memory with(int nextDesired, Lasting nextLow, int nextLowPeak) {
            return new Memory(nextDesired, stable, panic, durations, nextLow, nextLowPeak, flow, atNanos, isBegun);
        }
    }

    /**
     * Averages that fade exponentially.
     *
     * @param perNano requests that came
     * @param running requests that ran
     */
    record Averages(double perNano, double running) {
        static final Averages NONE = new Averages(0, 0);

        Averages after(long nanos, long came, int runs, double windowNanos) {
            double kept = Math.exp(-nanos / windowNanos);
            // What came at once is spread over the window, as the limit of ever shorter times.
            double rate = nanos == 0 ? came / windowNanos : (1 - kept) * came / nanos;
            return new Averages(kept * perNano + rate, kept * running + (1 - kept) * runs);
        }
    }

    /**
     * How long requests take: sums that fade, so that their quotient follows what the function does now.
     *
     * @param count requests that ended
     * @param sumNanos how long they took in all
     */
    record Durations(double count, double sumNanos) {
        static final Durations NONE = new Durations(0, 0);

        Durations after(long nanos, long ended, long busyNanos) {
            double kept = Math.exp(-nanos / STABLE_NANOS);
            return new Durations(kept * count + ended, kept * sumNanos + busyNanos);
        }

        /** The guess counts as one request among those that were seen. */
        double meanNanos() {
            return (FIRST_GUESS_NANOS + sumNanos) / (1 + count);
        }
    }

    /**
     * @param maxConcurrent requests that one instance may run at once
     * @param multiplier how many times more instances than would be needed with every one of them full
     * @param scaleDownDelay how long fewer instances must do before one is told to leave
     */
    public AdaptivePlanner(int maxConcurrent, int multiplier, Duration scaleDownDelay) {
        this.maxConcurrent = maxConcurrent;
        this.planned = (double) maxConcurrent / multiplier;
        this.scaleDownDelayNanos = scaleDownDelay.toNanos();
    }

    @Override
    public Memory begin() {
        return new Memory(0, Averages.NONE, Averages.NONE, Durations.NONE, Lasting.NOT, 0, Flow.NONE, 0, false);
    }

    @Override
    public Memory plan(Observation observation, Memory memory, long startupNanos, long nowNanos) {
        Memory measured = measure(observation, memory, nowNanos);
        int wanted = wanted(observation, measured, startupNanos);
        int desired = measured.desired;
        if (wanted >= desired) {
            return measured.with(wanted, Lasting.NOT, 0);
        }
        if (observation.pending() > 0) {
            return measured.with(desired, Lasting.NOT, 0);
        }
        // An instance that left for want of work is not replaced only to be told to leave a moment later.
        desired = Math.max(wanted, Math.min(desired, observation.present()));
        Lasting low = measured.low.seen(wanted < desired, nowNanos);
        int lowPeak = low.holds() ? Math.max(measured.lowPeak, wanted) : 0;
        if (low.lasts(scaleDownDelayNanos, nowNanos)) {
            return measured.with(lowPeak, Lasting.NOT, 0);
        }
        return measured.with(desired, low, lowPeak);
    }

    private static Memory measure(Observation observation, Memory memory, long nowNanos) {
        Flow flow = observation.flow();
        // A clock that jumps back is one that stood still.
        long elapsed = memory.isBegun ? Math.max(0, nowNanos - memory.atNanos) : 0;
        long came = flow.arrivals() - memory.flow.arrivals();
        long ended = flow.ended() - memory.flow.ended();
        long busyNanos = flow.busyNanos() - memory.flow.busyNanos();
        return new Memory(
                memory.desired,
                memory.stable.after(elapsed, came, observation.running(), STABLE_NANOS),
                memory.panic.after(elapsed, came, observation.running(), PANIC_NANOS),
                memory.durations.after(elapsed, ended, busyNanos),
                memory.low,
                memory.lowPeak,
                flow,
                nowNanos,
                true);
    }

    private int wanted(Observation observation, Memory measured, long startupNanos) {
        boolean isBusy = observation.pending() + observation.peakRunning() > 0;
        int forFlow = forFlow(observation, measured, startupNanos);
        if (!isBusy && forFlow <= 1) {
            return 0;
        }
        int forQueue = observation.pending() == 0 ? 0 : forQueue(observation, measured, startupNanos);
        return Math.max(1, Math.max(forFlow, forQueue));
    }

    private int forFlow(Observation observation, Memory measured, long startupNanos) {
        double perNano = Math.max(measured.stable.perNano, measured.panic.perNano);
        double ran = Math.max(measured.stable.running, measured.panic.running);
        // Where requests take longer than a start, not all of λ × W will run by the time when one that starts now is
        // open.
        double byThen = observation.running() + observation.pending() + perNano * startupNanos;
        return instances(Math.max(Math.min(perNano * measured.durations.meanNanos(), byThen), ran) / planned);
    }

    private int forQueue(Observation observation, Memory measured, long startupNanos) {
        double took = measured.durations.meanNanos();
        double servedPerNano = observation.open() * maxConcurrent / took;
        double coming = measured.stable.perNano * startupNanos;
        double left = Math.max(0, observation.pending() + coming - servedPerNano * startupNanos);
        double drainNanos = Math.max(Math.max(took, LEAST_DRAIN_NANOS), DRAIN_SHARE_OF_STARTUP * startupNanos);
        double enough = (left / drainNanos + measured.stable.perNano) * took / maxConcurrent;
        double full = (observation.running() + observation.pending() + coming) / maxConcurrent;
        return instances(Math.min(enough, full));
    }

    private static int instances(double exactly) {
        return (int) Math.ceil(exactly - ROUNDING);
    }

    @Override
    public Memory withheld(Memory before, Memory decided, int had) {
        return decided.with(had, decided.low, decided.lowPeak);
    }
}
