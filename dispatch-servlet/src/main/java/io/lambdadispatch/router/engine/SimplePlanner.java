package io.lambdadispatch.router.engine;

import java.util.concurrent.TimeUnit;

/**
 * The reference's {@code simple} scaling: instances in proportion to what runs and waits, in bounded steps.
 *
 * <p>With {@code target = ceil(maxConcurrentCount / instanceCountMultiplier)} the need is
 * {@code running / target + pending / maxConcurrentCount / 2}, and a fifth more is wanted. Ten at a time with a multiplier of
 * 2: 20 running need 20 / 5 = 4, so 5 are wanted; 2,000 waiting need 2,000 / 10 / 2 = 100, so 120 are.
 *
 * <p>Out: from zero at once, then up to {@value #OUT_BURST} steps in a burst and one per 2 s, each of at most
 * {@value #LEAST_STEP} or a third of what there is. In: after {@value #IN_DELAY_MS} ms without a break in which fewer would
 * do, up to {@value #IN_BURST} steps in a burst and one per 2 s; never while a request waits. To zero at once when nothing
 * ran for as long: one quiet moment between two requests is no reason to start from cold again. Instances that
 * have left by themselves are not replaced while fewer would do.
 */
public final class SimplePlanner implements CapacityPlanner {
    private static final int HEADROOM_NUMERATOR = 6;
    private static final int HEADROOM_DENOMINATOR = 5;
    private static final double STEP_SHARE = 0.33;
    private static final int LEAST_STEP = 5;
    private static final int OUT_BURST = 5;
    private static final int IN_BURST = 2;
    private static final int IN_DELAY_MS = 300;
    private static final long IN_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(IN_DELAY_MS);
    private static final double NANOS_PER_STEP = TimeUnit.SECONDS.toNanos(2);

    private final int maxConcurrent;
    private final int target;

    /**
     * @param maxConcurrent requests that one instance may run at once
     * @param multiplier how many times more instances than would be needed with every one of them full
     */
    public SimplePlanner(int maxConcurrent, int multiplier) {
        this.maxConcurrent = maxConcurrent;
        this.target = (maxConcurrent + multiplier - 1) / multiplier;
    }

    int wanted(Observation observation) {
        // One fraction of whole numbers: in floating point, what is exactly 7 may come out as 8.
        long numerator = 2L * maxConcurrent * observation.peakRunning() + (long) target * observation.pending();
        long denominator = 2L * maxConcurrent * target;
        numerator *= HEADROOM_NUMERATOR;
        denominator *= HEADROOM_DENOMINATOR;
        return (int) ((numerator + denominator - 1) / denominator);
    }

    @Override
    public Memory plan(Observation observation, Memory memory, long nowNanos) {
        Allowance out = memory.out().at(nowNanos, NANOS_PER_STEP);
        Allowance in = memory.in().at(nowNanos, NANOS_PER_STEP);
        int desired = memory.desired();
        int wanted = wanted(observation);
        boolean isLow = wanted < desired && observation.pending() == 0;
        if (isLow) {
            // An instance that left for want of work is not replaced only to be told to leave a moment later.
            desired = Math.max(wanted, Math.min(desired, observation.present()));
        }
        Lasting low = memory.low().seen(isLow && wanted < desired, nowNanos);
        Lasting silent = memory.silent().seen(wanted == 0, nowNanos);
        if (wanted > desired && (desired == 0 || out.permits(OUT_BURST))) {
            out = desired == 0 ? out : out.spend();
            desired = Math.min(wanted, desired + step(desired));
        } else if (wanted == 0 && silent.lasts(IN_DELAY_NANOS, nowNanos)) {
            desired = 0;
        } else if (wanted > 0 && low.lasts(IN_DELAY_NANOS, nowNanos) && in.permits(IN_BURST)) {
            in = in.spend();
            desired = Math.max(wanted, desired - step(desired));
        }
        return new Memory(desired, out, in, low, silent);
    }

    private static int step(int desired) {
        return Math.max(LEAST_STEP, (int) Math.ceil(desired * STEP_SHARE));
    }
}
