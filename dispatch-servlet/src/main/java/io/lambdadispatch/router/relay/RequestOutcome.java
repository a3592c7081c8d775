package io.lambdadispatch.router.relay;

/** How a user's request ended. */
public enum RequestOutcome {
    /** He was given the whole answer of an instance. */
    COMPLETED,
    /** He left, or his request broke off. */
    USER_GONE,
    /** He neither sent nor took anything for too long. */
    USER_IDLE,
    /** The instance died, or broke its answer off. */
    INSTANCE_FAILED,
    /** The instance answered what no user can be given. */
    BAD_ANSWER,
    /** No instance was free in time. */
    TIMED_OUT,
    /** As many requests waited as may. */
    QUEUE_FULL,
    /** No instance could be started. */
    UNAVAILABLE,
    /** The router was shutting down. */
    SHUTTING_DOWN,
    /** It never reached a pool: the front door refused it. */
    REJECTED
}
