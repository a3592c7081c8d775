package io.lambdadispatch.local.billing;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what AWS would count and bill for one function, and what went wrong. Safe for use by threads. */
public final class FunctionMeter {
    private final Map<Count, Long> counts = new EnumMap<>(Count.class);

    public void count(Count count) {
        add(count, 1);
    }

    /** AWS rounds each invoke up to 1 ms; a cold one has its init phase in it. */
    public void count(Count count, Duration duration) {
        add(count, (duration.toNanos() + 999_999) / 1_000_000);
    }

    /** An invoke that was not even begun. */
    public synchronized void refused(Count why) {
        count(Count.ATTEMPTS);
        count(why);
    }

    public synchronized void accepted() {
        count(Count.ATTEMPTS);
        count(Count.INVOKES);
    }

    private synchronized void add(Count count, long more) {
        counts.merge(count, more, Long::sum);
    }

    public synchronized FunctionStats with(List<EnvironmentStats> environments) {
        return new FunctionStats(counts, environments);
    }
}
