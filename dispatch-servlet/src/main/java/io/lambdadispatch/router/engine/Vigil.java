package io.lambdadispatch.router.engine;

import java.util.OptionalLong;

/** What the fleet knows of one instance from looking after it. Belongs to the scheduler's steps, which come one after the other. */
final class Vigil {
    /** How long nothing has come from it, as far as the fleet has seen. */
    private long silentNanos;

    /** When its successor is due; empty as long as nobody knows when it leaves. */
    private OptionalLong replaceAtNanos = OptionalLong.empty();

    /**
     * A look at it.
     *
     * @param isHeard whether anything came since the last one
     * @return how long it has been silent now, in ns
     */
    long seen(boolean isHeard, long sinceLastNanos) {
        silentNanos = isHeard ? 0 : silentNanos + sinceLastNanos;
        return silentNanos;
    }

    OptionalLong replaceAtNanos() {
        return replaceAtNanos;
    }

    void replaceAt(long nanoTime) {
        replaceAtNanos = OptionalLong.of(nanoTime);
    }
}
