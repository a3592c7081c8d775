package io.lambdadispatch.router.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lambdadispatch.router.engine.Pool;
import java.util.ArrayList;
import java.util.List;

/** What a pool was like in the last quarter of an hour, in samples of two seconds: a ring, so its size is bounded. Thread-safe. */
final class History {
    /** A quarter of an hour. */
    static final int SIZE = 450;

    private static final int LOOKS_PER_SAMPLE = 2;

    @GuardedBy("this")
    private final Sample[] ring = new Sample[SIZE];

    /** Samples ever taken. */
    @GuardedBy("this")
    private long count;

    @GuardedBy("this")
    private int looks;

    @GuardedBy("this")
    private Totals sampled;

    /**
     * Samples.
     *
     * @param first number of the first one; they are numbered from 0 since the pool was made
     * @param all the oldest first
     */
    record Stretch(long first, List<Sample> all) {}

    /** To be called once a second, on one thread; the first call is the beginning. */
    synchronized void look(Totals now, Pool pool) {
        if (sampled == null) {
            sampled = now;
        } else if (++looks % LOOKS_PER_SAMPLE == 0) {
            ring[(int) (count % SIZE)] = Sample.of(pool, now.since(sampled), now.nanos());
            count++;
            sampled = now;
        }
    }

    /** All that are kept. */
    synchronized Stretch all() {
        return last(SIZE);
    }

    /** The newest one, if there is any. */
    synchronized Stretch newest() {
        return last(1);
    }

    @GuardedBy("this")
    private Stretch last(int most) {
        long first = Math.max(0, count - most);
        List<Sample> samples = new ArrayList<>();
        for (long i = first; i < count; i++) {
            samples.add(ring[(int) (i % SIZE)]);
        }
        return new Stretch(first, samples);
    }
}
