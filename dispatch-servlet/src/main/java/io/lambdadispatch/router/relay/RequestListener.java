package io.lambdadispatch.router.relay;

/**
 * Port for those who want to know what became of users' requests: figures, the access log. Called on the thread that ended the
 * request, which may be any, once the user has been answered; must not block, nor keep that thread for long.
 */
@FunctionalInterface
public interface RequestListener {
    /** The request is over. The record does not change any more, and may be kept. */
    void ended(RequestRecord record);

    /** Whether address, referrer and agent of the user are wanted in the record; they cost a little for each request. */
    default boolean wantsUser() {
        return false;
    }

    /** Nobody needs to know. */
    RequestListener NONE = record -> {};
}
