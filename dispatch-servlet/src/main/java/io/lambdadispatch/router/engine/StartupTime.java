package io.lambdadispatch.router.engine;

import java.util.concurrent.TimeUnit;

/** How long a start takes: an average over the latest ones. Belongs to the scheduler's steps. */
final class StartupTime {
    /** AWS's cold starts take 2 to 8 s; a warm environment takes 0.1 s. */
    private static final long FIRST_GUESS_NANOS = TimeUnit.SECONDS.toNanos(4);

    /** How much the latest start says about the next one. */
    private static final double LATEST_SHARE = 0.3;

    private long nanos = FIRST_GUESS_NANOS;
    private boolean isKnown;

    void took(long latestNanos) {
        nanos += (long) ((isKnown ? LATEST_SHARE : 1) * (latestNanos - nanos));
        isKnown = true;
    }

    long nanos() {
        return nanos;
    }
}
