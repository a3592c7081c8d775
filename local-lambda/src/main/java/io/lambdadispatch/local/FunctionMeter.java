package io.lambdadispatch.local;

import java.time.Duration;
import java.util.List;

/** Counts what AWS would count and bill for one function. Safe for use by threads. */
final class FunctionMeter {
    private long invokes;
    private long coldStarts;
    private long throttles;
    private long functionErrors;
    private long timeouts;
    private long billedMs;
    private long initMs;

    synchronized void invoked() {
        invokes++;
    }

    synchronized void coldStarted() {
        coldStarts++;
    }

    synchronized void throttled() {
        throttles++;
    }

    synchronized void failed() {
        functionErrors++;
    }

    synchronized void timedOut() {
        timeouts++;
    }

    synchronized void initialized(Duration init) {
        initMs += roundedUp(init);
    }

    /** AWS rounds each invoke up to 1 ms; a cold one has its init phase in it. */
    synchronized void billed(Duration used) {
        billedMs += roundedUp(used);
    }

    private static long roundedUp(Duration duration) {
        return (duration.toNanos() + 999_999) / 1_000_000;
    }

    synchronized FunctionStats with(List<EnvironmentStats> environments) {
        int busy = (int) environments.stream().filter(EnvironmentStats::busy).count();
        return new FunctionStats(
                invokes,
                coldStarts,
                environments.size(),
                busy,
                throttles,
                functionErrors,
                timeouts,
                billedMs,
                initMs,
                environments);
    }
}
