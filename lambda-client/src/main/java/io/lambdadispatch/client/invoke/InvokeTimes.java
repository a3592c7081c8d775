package io.lambdadispatch.client.invoke;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The moments of one invoke, as {@code System.nanoTime()}; to be compared by subtraction.
 *
 * @param leaveAt when it closes itself at the latest
 * @param abortAt when what is still in flight is broken off
 * @param replyAt when the invoke is answered whatever is still to be sent, so that Lambda has the answer before its deadline
 * @param graceNanos how long it stays without any request
 */
public record InvokeTimes(long startedAt, long leaveAt, long abortAt, long replyAt, long graceNanos) {
    private static final long LEAVE_BEFORE_END_MILLIS = 15_000;
    private static final long ABORT_BEFORE_END_MILLIS = 1_000;

    /**
     * An invoke leaves 15 s before its time is over, breaks off 1 s before, and answers in half of that. When it has less than
     * 30 s it leaves when half of its time is over, and when it has less than 4 s it breaks off in the last quarter: the timer
     * is exact to a tenth of a second, so the last moment needs some of them.
     */
    public static InvokeTimes of(long now, long remainingMillis, Duration grace) {
        long left = Math.max(0, remainingMillis);
        long reserve = Math.min(LEAVE_BEFORE_END_MILLIS, left / 2);
        long last = Math.min(ABORT_BEFORE_END_MILLIS, left / 4);
        return new InvokeTimes(
                now,
                now + TimeUnit.MILLISECONDS.toNanos(left - reserve),
                now + TimeUnit.MILLISECONDS.toNanos(left - last),
                now + TimeUnit.MILLISECONDS.toNanos(left - last / 2),
                grace.toNanos());
    }
}
