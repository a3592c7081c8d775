package io.lambdadispatch.it.load;

import java.util.concurrent.TimeUnit;

/**
 * What a user saw of one request.
 *
 * @param kind how it ended
 * @param route what was asked for, without the query
 * @param isSafe whether the method is safe (RFC 9110 §9.2.1) and there was no body
 * @param status 0 when no head came
 * @param dueNanos when it was due to be sent, {@link System#nanoTime()}
 * @param endedNanos when it ended
 * @param instance {@code X-Lambda-Id} of the answer, {@code null} when there was none
 * @param detail what was wrong, {@code null} when nothing was
 */
public record Outcome(
        Kind kind,
        String route,
        boolean isSafe,
        int status,
        long dueNanos,
        long endedNanos,
        String instance,
        String detail) {

    /** How a request ended. */
    public enum Kind {
        /** With a whole answer, whatever its status; one of status 200 had the content it should have. */
        ANSWERED,
        /**
         * The answer passes for a good one and is not: its framing ended cleanly, or was still going on, and the content was
         * not what it should be.
         */
        WRONG,
        /** The connection ended before the answer did, as everyone can tell who reads HTTP. */
        ABORTED,
        /** The server closed a connection, on which answers had come before, without a word on this request. */
        DROPPED,
        /** Not within the limit. */
        TIMED_OUT,
        /** A new connection was reset before one byte came on it, as kernels do with those nobody has accepted yet. */
        NOT_ACCEPTED,
        /** Nobody listens. */
        NOT_CONNECTED
    }

    /** Whether it was answered, with the right content, as it should be. */
    public boolean isGood() {
        return isAnswered(200);
    }

    /** Whether there was a whole answer of that status. */
    public boolean isAnswered(int expected) {
        return kind == Kind.ANSWERED && status == expected;
    }

    /** In ms, from when it was due. */
    public double tookMs() {
        return (endedNanos - dueNanos) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
