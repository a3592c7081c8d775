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
 * do, up to {@value #IN_BURST} steps in a burst and one per 2 s; to zero needs no step; never while a request waits. Instances
 * that have left by themselves are not replaced while fewer would do.
 */
public final class SimplePlanner implements CapacityPlanner {
    private static final double HEADROOM = 1.2;
    private static final double STEP_SHARE = 0.33;
    private static final int LEAST_STEP = 5;
    private static final int OUT_BURST = 5;
    private static final int IN_BURST = 2;
    private static final int IN_DELAY_MS = 300;
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
        double need = (double) observation.peakRunning() / target + (double) observation.pending() / maxConcurrent / 2;
        return (int) Math.ceil(need * HEADROOM);
    }

    @Override
    public Memory plan(Observation observation, Memory memory, long nowNanos) {
        Allowance out = memory.out().at(nowNanos, NANOS_PER_STEP);
        Allowance in = memory.in().at(nowNanos, NANOS_PER_STEP);
        int desired = memory.desired();
        int wanted = wanted(observation);
        if (wanted > desired) {
            if (desired > 0) {
                if (!out.permits(OUT_BURST)) {
                    return new Memory(desired, out, in, false, 0);
                }
                out = out.spend();
            }
            return new Memory(Math.min(wanted, desired + step(desired)), out, in, false, 0);
        }
        if (wanted == desired || observation.pending() > 0) {
            return new Memory(desired, out, in, false, 0);
        }
        // An instance that left for want of work is not replaced only to be told to leave a moment later.
        desired = Math.max(wanted, Math.min(desired, observation.present()));
        if (desired == wanted) {
            return new Memory(desired, out, in, false, 0);
        }
        long lowSince = memory.isLow() ? memory.lowSinceNanos() : nowNanos;
        boolean isDue = nowNanos - lowSince >= TimeUnit.MILLISECONDS.toNanos(IN_DELAY_MS);
        if (!isDue || (wanted > 0 && !in.permits(IN_BURST))) {
            return new Memory(desired, out, in, true, lowSince);
        }
        return wanted == 0
                ? new Memory(0, out, in, false, 0)
                : new Memory(Math.max(wanted, desired - step(desired)), out, in.spend(), true, lowSince);
    }

    private static int step(int desired) {
        return Math.max(LEAST_STEP, (int) Math.ceil(desired * STEP_SHARE));
    }
}
