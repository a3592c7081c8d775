package io.lambdadispatch.router.metrics;

import io.lambdadispatch.router.engine.InvokeOutcome;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What AWS bills a pool's invokes, as far as their router can tell: from the moment it sends an invoke, which is a little before
 * AWS begins to count, to its answer, each rounded up to a millisecond. What is still open counts up to now, so sums only grow.
 * An instance that the router gave up counts up to then, although AWS may let it run on. Thread-safe.
 */
final class Bill {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final LongSupplier clock;
    private final Map<String, Long> starting = new HashMap<>();
    private final Map<String, Long> open = new HashMap<>();
    private long endedNanos;
    private long invokes;

    /**
     * What is billed up to now.
     *
     * @param nanos that environments ran, in all
     */
    record Sum(long nanos, long invokes) {}

    Bill(LongSupplier clock) {
        this.clock = clock;
    }

    synchronized void started(String instance) {
        starting.put(instance, clock.getAsLong());
    }

    /** Only now it is certain that AWS has taken the invoke. */
    synchronized void opened(String instance) {
        Long since = starting.remove(instance);
        if (since != null) {
            open.put(instance, since);
            invokes++;
        }
    }

    synchronized void ended(String instance, InvokeOutcome outcome) {
        Long openSince = open.remove(instance);
        Long startingSince = starting.remove(instance);
        if (openSince != null) {
            add(clock.getAsLong() - openSince);
        } else if (startingSince != null && isBilled(outcome)) {
            invokes++;
            add(clock.getAsLong() - startingSince);
        }
    }

    synchronized void warmed(InvokeOutcome outcome, long tookNanos) {
        if (isBilled(outcome)) {
            invokes++;
            add(tookNanos);
        }
    }

    private void add(long nanos) {
        endedNanos += (nanos + MILLISECOND - 1) / MILLISECOND * MILLISECOND;
    }

    /** Whether an environment ran at all. */
    private static boolean isBilled(InvokeOutcome outcome) {
        if (outcome instanceof InvokeOutcome.Failed failed) {
            return switch (failed.reason()) {
                case THROTTLED, ACCESS_DENIED, NOT_FOUND, UNREACHABLE -> false;
                case FUNCTION_ERROR, NOT_CALLED_BACK, LOST, OTHER -> true;
            };
        }
        return true;
    }

    synchronized Sum sum() {
        long now = clock.getAsLong();
        long nanos = endedNanos;
        for (long since : open.values()) {
            nanos += now - since;
        }
        return new Sum(nanos, invokes);
    }
}
