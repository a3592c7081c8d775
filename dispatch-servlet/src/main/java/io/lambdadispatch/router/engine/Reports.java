package io.lambdadispatch.router.engine;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/** What an instance says and shows of itself. Written by whichever thread it comes on, read by any. */
final class Reports {
    private final AtomicBoolean hasAnsweredBadly = new AtomicBoolean();
    private volatile boolean isHeard = true;
    private volatile OptionalLong leavesAtNanos = OptionalLong.empty();

    /** Something came. */
    void heard() {
        if (!isHeard) {
            isHeard = true;
        }
    }

    /** Whether anything came since the last call. */
    boolean takeHeard() {
        boolean was = isHeard;
        isHeard = false;
        return was;
    }

    /** It says when it is going to leave by itself, on the router's own clock. */
    void leavesAt(long nanoTime) {
        leavesAtNanos = OptionalLong.of(nanoTime);
    }

    /** When it is going to leave by itself at the latest; empty as long as it has not said so. */
    OptionalLong leavesAtNanos() {
        return leavesAtNanos;
    }

    /** What it has answered cannot be passed on; true the first time. */
    boolean answersBadlyAtFirst() {
        return hasAnsweredBadly.compareAndSet(false, true);
    }
}
