package io.lambdadispatch.router.engine;

/** What became of a channel that could take another request. */
public enum Reuse {
    /** It waits for the next request, or has it already. */
    PARKED,
    /** Its instance is to have no more requests. The channel is out of the books, and the caller's to send goaway through. */
    DISMISSED,
    /** The assignment had ended before. Nothing happened; the channel may be somebody else's. */
    OVER
}
