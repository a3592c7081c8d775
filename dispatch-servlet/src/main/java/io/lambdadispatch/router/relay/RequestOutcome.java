package io.lambdadispatch.router.relay;

/** How a user's request ended. */
public enum RequestOutcome {
    /** The user was given the whole response of an instance. */
    COMPLETED,
    /** The user left, or their request broke off. */
    USER_GONE,
    /** The user neither sent nor took anything for too long. */
    USER_IDLE,
    /** The instance died, or broke its response off. */
    INSTANCE_FAILED,
    /** The instance sent a response that no user can be given. */
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
