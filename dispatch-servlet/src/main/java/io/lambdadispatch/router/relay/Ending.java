package io.lambdadispatch.router.relay;

/** How a relay ended; the first reason found counts. */
enum Ending {
    /** The whole response was received and passed on. */
    COMPLETED,
    /** The user left, or their request broke off. */
    USER_GONE,
    /** The user is there, but neither sends nor takes anything. */
    USER_IDLE,
    /** The instance did: its stream was reset, or ended too early. */
    CHANNEL_BROKEN,
    /** The instance sent a response that no user can be given. */
    BAD_RESPONSE
}
