package io.lambdadispatch.router.metrics;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.Pool;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a pool was like for two seconds: one place in each of its charts. Immutable. */
final class Sample {
    /** What {@link #write} writes, in that order; rates are per second, times in ms. */
    static final List<String> COLUMNS = List.of(
            "agoMs",
            "requestsPerSecond",
            "unservedPerSecond",
            "waitP50",
            "waitP99",
            "durationP50",
            "durationP99",
            "queued",
            "running",
            "starting",
            "open",
            "draining",
            "desired",
            "invokeFailures",
            "billed",
            "plainBilled");

    private static final double DECIMALS = 1_000;

    private final long atNanos;

    /** All columns but the first; not a number where there was nothing to measure. */
    private final float[] values;

    private Sample(long atNanos, float... values) {
        this.atNanos = atNanos;
        this.values = values;
    }

    /**
     * As it is.
     *
     * @param period since the last sample
     * @param atNanos when it ended
     */
    static Sample of(Pool pool, Totals period, long atNanos) {
        Observation books = pool.snapshot();
        double seconds = Totals.seconds(Math.max(1, period.nanos()));
        return new Sample(
                atNanos,
                (float) (period.flow().arrivals() / seconds),
                (float) (unserved(period) / seconds),
                percentile(period.waiting(), 50),
                percentile(period.waiting(), 99),
                percentile(period.duration(), 50),
                percentile(period.duration(), 99),
                books.pending(),
                books.running(),
                books.starting(),
                books.open(),
                books.draining(),
                pool.desired(),
                period.failed(),
                (float) (Totals.seconds(period.billedNanos()) / seconds),
                (float) (Totals.plainBilledSeconds(period.flow()) / seconds));
    }

    /** Requests that were not answered as they should be, and not because their user had left. */
    private static long unserved(Totals period) {
        return period.ended() - count(period, "completed") - count(period, "user_gone");
    }

    private static long count(Totals period, String outcome) {
        return period.outcomes().getOrDefault(outcome, 0L);
    }

    private static float percentile(Spread spread, int percent) {
        return spread.isEmpty() ? Float.NaN : (float) spread.percentileMillis(percent);
    }

    /** As an array. */
    void write(JsonGenerator json, long nowNanos) throws IOException {
        json.writeStartArray();
        json.writeNumber(TimeUnit.NANOSECONDS.toMillis(nowNanos - atNanos));
        for (float value : values) {
            write(json, value);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, float value) throws IOException {
        if (Float.isNaN(value)) {
            json.writeNull();
        } else if (value == Math.rint(value)) {
            json.writeNumber((long) value);
        } else {
            json.writeNumber(Math.round(value * DECIMALS) / DECIMALS);
        }
    }
}
