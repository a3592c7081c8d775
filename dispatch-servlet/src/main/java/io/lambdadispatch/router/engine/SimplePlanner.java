package io.lambdadispatch.router.engine;

import java.time.Duration;

/**
 * The reference's {@code simple} scaling: instances in proportion to what runs and waits, in bounded {@link Steps}.
 *
 * <p>With {@code target = ceil(maxConcurrentCount / instanceCountMultiplier)} the need is
 * {@code running / target + pending / maxConcurrentCount / 2}, and a fifth more is wanted. Ten at a time with a multiplier of
 * 2: 20 running need 20 / 5 = 4, so 5 are wanted; 2,000 waiting need 2,000 / 10 / 2 = 100, so 120 are.
 */
public final class SimplePlanner implements CapacityPlanner<SimplePlanner.Memory> {
    /** The reference's own. */
    public static final Duration SCALE_DOWN_DELAY = Duration.ofMillis(300);

    private static final int HEADROOM_NUMERATOR = 6;
    private static final int HEADROOM_DENOMINATOR = 5;

    private final int maxConcurrent;
    private final int target;
    private final long scaleDownDelayNanos;

    /** The steps made so far. */
    public record Memory(Steps steps) implements CapacityPlanner.Memory {
        @Override
        public int desired() {
            return steps.desired();
        }
    }

    /**
     * @param maxConcurrent requests that one instance may run at once
     * @param multiplier how many times more instances than would be needed with every one of them full
     * @param scaleDownDelay how long fewer instances must do before one is told to leave
     */
    public SimplePlanner(int maxConcurrent, int multiplier, Duration scaleDownDelay) {
        this.maxConcurrent = maxConcurrent;
        this.target = (maxConcurrent + multiplier - 1) / multiplier;
        this.scaleDownDelayNanos = scaleDownDelay.toNanos();
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
    public Memory begin() {
        return new Memory(Steps.NONE);
    }

    @Override
    public Memory plan(Observation observation, Memory memory, long startupNanos, long nowNanos) {
        return new Memory(memory.steps.toward(wanted(observation), observation, scaleDownDelayNanos, nowNanos));
    }

    @Override
    public Memory withheld(Memory before, Memory decided, int had) {
        return new Memory(decided.steps.withheld(before.steps, had));
    }
}
