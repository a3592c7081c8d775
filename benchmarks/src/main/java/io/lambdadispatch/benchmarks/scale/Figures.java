package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Environments.Bill;
import io.lambdadispatch.benchmarks.scale.Tally.Outcomes;
import java.util.Map;

/**
 * What a stretch of time was like for users, and what it cost.
 *
 * @param outcomes of requests
 * @param bill of all invokes
 * @param warmings of these, those that only warmed an environment
 * @param peak most instances at once
 * @param changes how often the number of instances that there are to be has changed
 */
record Figures(Outcomes outcomes, Bill bill, long warmings, int peak, long changes) {
    /** Of no time at all. */
    static Figures none() {
        return new Figures(new Outcomes(0, 0, Map.of(), Tally.newHistogram(), 0), Bill.NOTHING, 0, 0, 0);
    }

    /** Of both stretches. */
    Figures plus(Figures later) {
        return new Figures(
                outcomes.plus(later.outcomes),
                bill.plus(later.bill),
                warmings + later.warmings,
                Math.max(peak, later.peak),
                changes + later.changes);
    }

    long asked() {
        return outcomes.asked();
    }

    long answered() {
        return outcomes.answered();
    }

    long failed() {
        return outcomes.failures();
    }

    /** Half of those that were begun had waited no longer. */
    double p50Millis() {
        return outcomes.waitMillis(50);
    }

    /** 99 of 100 had waited no longer. */
    double p99Millis() {
        return outcomes.waitMillis(99);
    }

    /** 999 of 1,000 had waited no longer. */
    double p999Millis() {
        return outcomes.waitMillis(99.9);
    }

    /** The longest that one of them had waited. */
    double maxMillis() {
        return outcomes.longestNanos() / 1e6;
    }

    double billedSeconds() {
        return bill.seconds();
    }

    /** Invokes for instances. */
    long starts() {
        return bill.invokes() - warmings;
    }

    /** For those who read a failed test. */
    @Override
    public String toString() {
        return "asked " + asked() + ", answered " + answered() + ", failed " + outcomes.failed() + ", waited p50 "
                + p50Millis() + " p99 " + p99Millis()
                + " max " + maxMillis() + " ms, " + bill + ", warmings " + warmings + ", peak " + peak + ", changes "
                + changes;
    }
}
