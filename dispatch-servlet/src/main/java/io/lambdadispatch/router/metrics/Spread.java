package io.lambdadispatch.router.metrics;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.concurrent.TimeUnit;

/** How times are spread, from a timer's buckets: those since it was made, or, as a difference, those of a while. Immutable. */
final class Spread {
    /** Upper bounds of the buckets, in ms. */
    private final double[] bounds;

    /** How many times were at most that long. */
    private final double[] counts;

    private final double count;
    private final double sumMillis;

    private Spread(double[] bounds, double[] counts, double count, double sumMillis) {
        this.bounds = bounds;
        this.counts = counts;
        this.count = count;
        this.sumMillis = sumMillis;
    }

    static Spread of(Timer timer) {
        HistogramSnapshot snapshot = timer.takeSnapshot();
        CountAtBucket[] buckets = snapshot.histogramCounts();
        double[] bounds = new double[buckets.length];
        double[] counts = new double[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            bounds[i] = buckets[i].bucket(TimeUnit.MILLISECONDS);
            counts[i] = buckets[i].count();
        }
        return new Spread(bounds, counts, (double) snapshot.count(), snapshot.total(TimeUnit.MILLISECONDS));
    }

    /** What has come since. */
    Spread since(Spread before) {
        double[] difference = new double[counts.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = counts[i] - before.counts[i];
        }
        return new Spread(bounds, difference, count - before.count, sumMillis - before.sumMillis);
    }

    /** All times, those beyond the last bucket too. */
    double count() {
        return count;
    }

    boolean isEmpty() {
        return count <= 0;
    }

    double meanMillis() {
        return sumMillis / count;
    }

    /**
     * The time that so many of a hundred do not pass, in ms, as if those in a bucket were spread evenly in it. Beyond the last
     * bucket its bound is told.
     */
    double percentileMillis(double percent) {
        double rank = percent / 100 * count;
        double below = 0;
        double from = 0;
        for (int i = 0; i < bounds.length; i++) {
            if (counts[i] >= rank && counts[i] > below) {
                return from + (bounds[i] - from) * Math.max(0, rank - below) / (counts[i] - below);
            }
            below = counts[i];
            from = bounds[i];
        }
        return from;
    }
}
