package io.lambdadispatch.router.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How many instances there are, and what one of them serves.
 *
 * @param maxConcurrentCount requests that one instance runs at once
 * @param channelCount channels that one instance opens; at least {@code maxConcurrentCount}
 * @param instanceCountMultiplier head room: an instance is planned with {@code maxConcurrentCount} divided by this
 * @param scalingAlgorithm how the number of instances is chosen
 * @param scaleDownDelay how long fewer instances must do before one is told to leave; empty: the algorithm's own choice
 * @param minInstances kept though nobody needs them
 * @param maxInstances at most that many at once, without those that are leaving
 * @param instanceStartTimeout from the invoke to the instance's first channel
 * @param channelKeepAlive how long nothing may come from an instance before it is taken for lost; zero: for ever
 */
public record FleetSettings(
        int maxConcurrentCount,
        int channelCount,
        int instanceCountMultiplier,
        ScalingAlgorithm scalingAlgorithm,
        Optional<Duration> scaleDownDelay,
        int minInstances,
        int maxInstances,
        Duration instanceStartTimeout,
        Duration channelKeepAlive) {}
