package io.lambdadispatch.router.relay;

/** What a request without a trace id is given on its way. */
public enum NewTrace {
    /** {@code X-Amzn-Trace-Id: Root=…}, as AWS's own load balancers do. It decides nothing about sampling. */
    AMZN,
    /** {@code traceparent} of W3C Trace Context, marked as sampled. */
    W3C,
    /** Nothing. */
    OFF
}
