package io.lambdadispatch.benchmarks.system.burst;

import io.lambdadispatch.benchmarks.system.LambdaUsage;

/**
 * One burst on one side.
 *
 * @param warm environments that were there before it
 * @param boundMillis longest latency of a work-conserving first-come queue before the same warm capacity
 */
record BurstResult(
        String situation,
        String app,
        String side,
        int warm,
        double boundMillis,
        Users.Outcome users,
        LambdaUsage usage) {
    /** Environments that were started because of it. */
    long started() {
        return usage.coldStarts();
    }
}
