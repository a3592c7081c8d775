package io.lambdadispatch.router.metrics;

/** Why an instance's channel was refused. */
public enum ChannelRefusal {
    /** There is no such instance, or no such pool. */
    UNKNOWN,
    /** It did not show the token of its invoke. */
    UNPROVEN,
    /** It was told to go, and opens none any more. */
    LEAVING
}
