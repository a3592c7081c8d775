package io.lambdadispatch.router.engine;

/** Why a request left the queue, or never entered it, without a channel. */
public enum Refusal {
    /** Nobody could serve it within its time; {@code 504}. */
    TIMED_OUT,
    /** As many requests wait as may; {@code 503}. */
    QUEUE_FULL,
    /** Instances cannot be started at present; {@code 503}. */
    UNAVAILABLE,
    /** The router is going away; {@code 503}. */
    SHUTTING_DOWN
}
