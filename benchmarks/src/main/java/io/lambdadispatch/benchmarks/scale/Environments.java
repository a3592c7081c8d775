package io.lambdadispatch.benchmarks.scale;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * AWS's side of a function, whoever invokes it: its execution environments, and the meter. An environment that has been used is
 * used again, the one used last first, until nobody has used it for too long; a new one starts cold. AWS makes at most 1,000
 * new ones of a function in 10 s, by a bucket that is refilled all the time, and refuses an invoke that would need one more.
 *
 * <p>What is billed is the time of each invoke, a cold start included, in whole milliseconds.
 */
final class Environments {
    private static final int MOST_NEW_AT_ONCE = 1_000;
    private static final double NANOS_PER_NEW_ONE = Duration.ofSeconds(10).toNanos() / (double) MOST_NEW_AT_ONCE;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final VirtualTime time;
    private final long keptWarmNanos;
    private final Deque<Environment> idle = new ArrayDeque<>();

    private int version;
    private double newOnes;
    private long newOnesAt;

    private int open;
    private long invokes;
    private long coldStarts;
    private long billedNanos;
    private long billedUntil;

    Environments(VirtualTime time, Duration keptWarm) {
        this.time = time;
        this.keptWarmNanos = keptWarm.toNanos();
    }

    /** One execution environment, which runs one invoke at a time. */
    final class Environment {
        private final int madeOf = version;
        private boolean isCold = true;
        private long invokedAt;
        private long idleSince;

        /** Whether this invoke is its first. */
        boolean isCold() {
            return isCold;
        }

        /** The invoke is over; the environment waits for the next one. */
        void finish() {
            stop();
            if (madeOf == version) {
                isCold = false;
                idleSince = time.elapsed();
                idle.addLast(this);
            }
        }

        /** The invoke is over, and so is the environment. */
        void die() {
            stop();
        }

        private void stop() {
            meter(-1);
            long took = time.elapsed() - invokedAt;
            billedNanos += Math.floorMod(-took, NANOS_PER_MILLI);
        }

        private Environment start() {
            meter(1);
            invokes++;
            invokedAt = time.elapsed();
            return this;
        }
    }

    /** Invokes the function; empty when AWS refuses it. */
    Optional<Environment> invoke() {
        while (!idle.isEmpty() && time.elapsed() - idle.peekFirst().idleSince >= keptWarmNanos) {
            idle.removeFirst();
        }
        Environment warm = idle.pollLast();
        if (warm != null) {
            return Optional.of(warm.start());
        }
        long now = time.elapsed();
        newOnes = Math.max(0, newOnes - (now - newOnesAt) / NANOS_PER_NEW_ONE);
        newOnesAt = now;
        if (newOnes + 1 > MOST_NEW_AT_ONCE) {
            return Optional.empty();
        }
        newOnes++;
        coldStarts++;
        return Optional.of(new Environment().start());
    }

    /** A new version of the function is there: environments of the old one are not used again. */
    void deploy() {
        version++;
        idle.clear();
    }

    /** That share of those that nobody uses is gone. */
    void lose(double share, RandomGenerator random) {
        idle.removeIf(unlucky -> random.nextDouble() < share);
    }

    private void meter(int change) {
        billedNanos += open * (time.elapsed() - billedUntil);
        billedUntil = time.elapsed();
        open += change;
    }

    /** Invokes that have not ended. */
    int open() {
        return open;
    }

    /** What has been paid for until now. */
    Bill bill() {
        meter(0);
        return new Bill(invokes, coldStarts, billedNanos);
    }

    /**
     * What AWS bills.
     *
     * @param invokes that were taken
     * @param coldStarts of them, those that needed a new environment
     * @param nanos of all invokes together
     */
    record Bill(long invokes, long coldStarts, long nanos) {
        static final Bill NOTHING = new Bill(0, 0, 0);

        Bill plus(Bill other) {
            return new Bill(invokes + other.invokes, coldStarts + other.coldStarts, nanos + other.nanos);
        }

        Bill minus(Bill earlier) {
            return new Bill(invokes - earlier.invokes, coldStarts - earlier.coldStarts, nanos - earlier.nanos);
        }

        double seconds() {
            return nanos / 1e9;
        }
    }
}
