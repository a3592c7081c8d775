package io.lambdadispatch.router.engine;

import io.lambdadispatch.router.engine.Observation.Flow;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The reference's {@code ewma} scaling: instances in proportion to averages of the rate at which requests come and of the time
 * that they take, in bounded {@link Steps}.
 *
 * <p>With {@code target = ceil(maxConcurrentCount / instanceCountMultiplier)}, one instance serves
 * {@code 1,000 / max(2, duration in ms) × target} requests per second; a fifth more than the rate is planned for. 100 requests
 * per second of 100 ms each, five at a time: 100 / 50 × 1.2 = 2.4, so 3 are wanted. One instance less than there is changes
 * nothing, for it would be wanted back in a moment.
 *
 * <p>Averages follow what is measured with a time constant of 5 s. They know nothing of requests that have not ended, so while
 * one waits there is to be one instance more than those that run would fill; and they fade slowly, so while nothing runs no
 * instance is started for them.
 */
public final class EwmaPlanner implements CapacityPlanner<EwmaPlanner.Memory> {
    private static final double TIME_CONSTANT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final double LEAST_DURATION_MS = 2;
    private static final double HEADROOM = 1.2;

    /** What is 4 but for rounding is not 5. */
    private static final double ROUNDING = 1e-9;

    /** Below this, in requests per second, an average that only fades is taken for nothing. */
    private static final double NO_RATE = 0.01;

    private final int maxConcurrent;
    private final int target;
    private final long scaleDownDelayNanos;

    /**
     * What is remembered.
     *
     * @param steps made so far
     * @param perSecond average of requests that came
     * @param durationMs average of the time that they took
     * @param flow at that moment
     * @param atNanos when that was
     * @param isBegun whether the moment means anything
     */
    public record Memory(Steps steps, double perSecond, double durationMs, Flow flow, long atNanos, boolean isBegun)
            implements CapacityPlanner.Memory {
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
    public EwmaPlanner(int maxConcurrent, int multiplier, Duration scaleDownDelay) {
        this.maxConcurrent = maxConcurrent;
        this.target = (maxConcurrent + multiplier - 1) / multiplier;
        this.scaleDownDelayNanos = scaleDownDelay.toNanos();
    }

    @Override
    public Memory begin() {
        return new Memory(Steps.NONE, 0, 0, Flow.NONE, 0, false);
    }

    @Override
    public Memory plan(Observation observation, Memory memory, long startupNanos, long nowNanos) {
        Memory measured = measure(observation.flow(), memory, nowNanos);
        Steps steps = measured.steps.toward(wanted(observation, measured), observation, scaleDownDelayNanos, nowNanos);
        return new Memory(
                steps, measured.perSecond, measured.durationMs, measured.flow, measured.atNanos, measured.isBegun);
    }

    private static Memory measure(Flow flow, Memory memory, long nowNanos) {
        long elapsed = nowNanos - memory.atNanos;
        if (!memory.isBegun || elapsed < 0) {
            // The first look, or a clock that jumped back: nothing can be said of a rate.
            return new Memory(memory.steps, memory.perSecond, memory.durationMs, flow, nowNanos, true);
        }
        if (elapsed == 0) {
            return memory;
        }
        double weight = 1 - Math.exp(-elapsed / TIME_CONSTANT_NANOS);
        double came = (flow.arrivals() - memory.flow.arrivals()) * 1e9 / elapsed;
        double perSecond = memory.perSecond + weight * (came - memory.perSecond);
        long ended = flow.ended() - memory.flow.ended();
        double durationMs = memory.durationMs;
        if (ended > 0) {
            double took = (flow.busyNanos() - memory.flow.busyNanos()) / 1e6 / ended;
            // The first of all is the best guess there is.
            durationMs += durationMs == 0 ? took : weight * (took - durationMs);
        }
        return new Memory(memory.steps, perSecond < NO_RATE ? 0 : perSecond, durationMs, flow, nowNanos, true);
    }

    private int wanted(Observation observation, Memory measured) {
        double perInstance = 1_000 / Math.max(LEAST_DURATION_MS, measured.durationMs) * target;
        int wanted = (int) Math.ceil(measured.perSecond / perInstance * HEADROOM - ROUNDING);
        if (observation.pending() + observation.peakRunning() == 0) {
            return wanted <= 1 ? 0 : Math.min(wanted, observation.starting() + observation.open());
        }
        int filled = observation.pending() == 0 ? 0 : observation.running() / maxConcurrent;
        wanted = Math.max(wanted, filled + 1);
        boolean isOneLess = wanted == measured.steps.desired() - 1;
        return isOneLess ? measured.steps.desired() : wanted;
    }

    @Override
    public Memory withheld(Memory before, Memory decided, int had) {
        return new Memory(
                decided.steps.withheld(before.steps, had),
                decided.perSecond,
                decided.durationMs,
                decided.flow,
                decided.atNanos,
                decided.isBegun);
    }
}
