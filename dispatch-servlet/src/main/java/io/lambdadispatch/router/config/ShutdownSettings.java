package io.lambdadispatch.router.config;

import java.time.Duration;

/**
 * How the router stops.
 *
 * @param drainDelay how long new users are still served after health has turned to 503
 * @param timeout how long requests in flight may take to finish after that
 */
public record ShutdownSettings(Duration drainDelay, Duration timeout) {}
