package io.lambdadispatch.router.config;

/** How the number of instances is chosen. */
public enum ScalingAlgorithm {
    /** From the requests that run and wait now. */
    SIMPLE,
    /** From an exponentially weighted moving average of the request rate and duration. */
    EWMA,
    /** From measured rate, duration and queue by Little's law, with the time that a start takes in mind. */
    ADAPTIVE
}
