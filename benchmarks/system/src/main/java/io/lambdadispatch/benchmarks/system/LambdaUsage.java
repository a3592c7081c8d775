package io.lambdadispatch.benchmarks.system;

/**
 * What local-lambda has counted of one function until a moment.
 *
 * @param billedMs of invokes that have ended, and what those that run would be billed if they ended now
 * @param initMs what of it were init phases
 * @param working environments that start or run an invoke at this moment
 */
public record LambdaUsage(long invokes, long coldStarts, long billedMs, long initMs, long working) {
    /** What was added since then; {@code working} is this one's. */
    public LambdaUsage since(LambdaUsage before) {
        return new LambdaUsage(
                invokes - before.invokes,
                coldStarts - before.coldStarts,
                billedMs - before.billedMs,
                initMs - before.initMs,
                working);
    }

    /** The same with so much less billed. */
    public LambdaUsage without(long otherMs) {
        return new LambdaUsage(invokes, coldStarts, billedMs - otherMs, initMs, working);
    }
}
