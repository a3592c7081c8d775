package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Ticket.Failure;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Counts what becomes of requests. */
final class Tally {
    private static final long NANOS_PER_MICRO = 1_000;

    private final VirtualTime time;
    private long open;

    // Since it was emptied last.
    private long asked;
    private Histogram waits = newHistogram();
    private long longest;
    private long answered;
    private Map<Failure, Long> failed = new EnumMap<>(Failure.class);

    Tally(VirtualTime time) {
        this.time = time;
    }

    /** Of microseconds, up to an hour, to three digits. */
    static Histogram newHistogram() {
        return new Histogram(3_600_000_000L, 3);
    }

    Ticket ask() {
        open++;
        asked++;
        return new Ticket(this, time.elapsed());
    }

    void begun(long askedAt) {
        long waited = time.elapsed() - askedAt;
        waits.recordValue(waited / NANOS_PER_MICRO);
        longest = Math.max(longest, waited);
    }

    void answered() {
        open--;
        answered++;
    }

    void failed(Failure why) {
        open--;
        failed.merge(why, 1L, Long::sum);
    }

    /** Requests that have not ended. */
    long open() {
        return open;
    }

    /** What happened since the last call. */
    Outcomes take() {
        Outcomes taken = new Outcomes(asked, answered, failed, waits, longest);
        asked = 0;
        longest = 0;
        answered = 0;
        failed = new EnumMap<>(Failure.class);
        waits = newHistogram();
        return taken;
    }

    /**
     * What became of requests.
     *
     * @param asked how many came; those that were open before, or still are, make the difference to those that ended
     * @param answered how many were
     * @param failed how many were not, by reason
     * @param waits of those that were begun, in µs, from the user's asking to the app's beginning
     * @param longestNanos the longest of these, exactly
     */
    record Outcomes(long asked, long answered, Map<Failure, Long> failed, Histogram waits, long longestNanos) {
        Outcomes plus(Outcomes later) {
            Map<Failure, Long> failures = new EnumMap<>(Failure.class);
            failures.putAll(failed);
            later.failed.forEach((why, count) -> failures.merge(why, count, Long::sum));
            Histogram all = waits.copy();
            all.add(later.waits);
            return new Outcomes(
                    asked + later.asked,
                    answered + later.answered,
                    failures,
                    all,
                    Math.max(longestNanos, later.longestNanos));
        }

        long failures() {
            return failed.values().stream().mapToLong(Long::longValue).sum();
        }

        long failures(Failure why) {
            return failed.getOrDefault(why, 0L);
        }

        long waitedOver(long millis) {
            return waits.getTotalCount() - waits.getCountBetweenValues(0, millis * NANOS_PER_MICRO);
        }

        double waitMillis(double percentile) {
            // The histogram rounds up, but nobody has waited longer than the longest.
            return waits.getTotalCount() == 0
                    ? 0
                    : Math.min(waits.getValueAtPercentile(percentile) / 1e3, longestNanos / 1e6);
        }
    }
}
