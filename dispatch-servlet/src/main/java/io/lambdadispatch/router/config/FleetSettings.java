package io.lambdadispatch.router.config;

import java.time.Duration;

/**
 * How many instances there are, and what one of them serves.
 *
 * @param maxConcurrentCount requests that one instance runs at once
 * @param channelCount channels that one instance opens; at least {@code maxConcurrentCount}
 * @param instanceCountMultiplier head room: an instance is planned with {@code maxConcurrentCount} divided by this
 * @param scalingAlgorithm how the number of instances is chosen
 * @param instanceStartTimeout from the invoke to the instance's first channel
 */
public record FleetSettings(
        int maxConcurrentCount,
        int channelCount,
        int instanceCountMultiplier,
        ScalingAlgorithm scalingAlgorithm,
        Duration instanceStartTimeout) {}
