package io.lambdadispatch.router.engine;

import io.lambdadispatch.protocol.InvokeReply;

/** How an invoke ended. */
public sealed interface InvokeOutcome {

    /** The function answered. */
    record Answered(InvokeReply reply) implements InvokeOutcome {}

    /**
     * The function did not answer as a client does.
     *
     * @param message for operators; says what AWS said
     */
    record Failed(Reason reason, String message) implements InvokeOutcome {}

    /** Why an invoke failed. */
    enum Reason {
        /** AWS refused it for concurrency or rate (429). */
        THROTTLED,
        /** The router's credentials do not allow it (403, or no credentials at all). */
        ACCESS_DENIED,
        /** There is no such function or qualifier (404). */
        NOT_FOUND,
        /** The function ran and failed: it crashed, timed out, or its app is unreachable. */
        FUNCTION_ERROR,
        /** AWS could not be reached, or answered with an error of its own. */
        UNREACHABLE,
        /** The invoke is open, but the instance did not open a channel in time. */
        NOT_CALLED_BACK,
        /** The instance served, and then nothing came from it any more: it is frozen, or cut off. */
        LOST,
        /** Anything else, such as an answer that is no reply. */
        OTHER
    }
}
