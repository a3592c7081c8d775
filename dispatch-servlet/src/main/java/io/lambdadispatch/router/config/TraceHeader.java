package io.lambdadispatch.router.config;

/** The header field with a new trace id that a request without one is given. */
public enum TraceHeader {
    /** {@code X-Amzn-Trace-Id}. */
    AMZN,
    /** {@code traceparent}. */
    W3C,
    /** None. */
    OFF
}
