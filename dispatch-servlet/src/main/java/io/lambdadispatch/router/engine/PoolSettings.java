package io.lambdadispatch.router.engine;

import java.time.Duration;

/**
 * What a pool is told at birth.
 *
 * @param poolId name of the pool, sent with each invoke
 * @param function name, name:qualifier or ARN of the function
 * @param maxConcurrent requests that one instance runs at once
 * @param channels channels that one instance opens
 * @param maxQueued requests that may wait
 * @param requestTimeout how long a request may wait for a channel
 * @param instanceStartTimeout how long an instance may take to open its first channel
 * @param instanceSilence how long nothing may come from an open instance before it is taken for lost; zero: for ever
 * @param minInstances instances that are kept though nobody needs them
 * @param maxInstances instances that there are at most, without those that are leaving
 */
public record PoolSettings(
        String poolId,
        String function,
        int maxConcurrent,
        int channels,
        int maxQueued,
        Duration requestTimeout,
        Duration instanceStartTimeout,
        Duration instanceSilence,
        int minInstances,
        int maxInstances) {

    /**
     * As many as there may be.
     *
     * @param isClosing whether none is kept that nobody needs
     */
    int bounded(int wanted, boolean isClosing) {
        return Math.min(maxInstances, isClosing ? wanted : Math.max(minInstances, wanted));
    }
}
