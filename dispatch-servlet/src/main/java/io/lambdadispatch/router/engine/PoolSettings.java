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
 */
public record PoolSettings(
        String poolId,
        String function,
        int maxConcurrent,
        int channels,
        int maxQueued,
        Duration requestTimeout,
        Duration instanceStartTimeout) {}
