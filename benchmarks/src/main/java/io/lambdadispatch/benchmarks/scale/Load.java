package io.lambdadispatch.benchmarks.scale;

import java.time.Duration;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;

/** When requests come: an open loop, they do not care whether those before them have been answered. */
@FunctionalInterface
interface Load {
    /** Nobody comes any more. */
    Load NONE = (sinceNanos, random) -> Long.MAX_VALUE;

    /**
     * How long it takes until the next request comes; {@link Long#MAX_VALUE} when none does.
     *
     * @param sinceNanos how long this load has lasted
     */
    long nextNanos(long sinceNanos, RandomGenerator random);

    /** Evenly. */
    static Load constant(double perSecond) {
        long between = Math.round(1e9 / perSecond);
        return (sinceNanos, random) -> between;
    }

    /** By chance, each request on its own. */
    static Load poisson(double perSecond) {
        return (sinceNanos, random) -> (long) (random.nextExponential() * 1e9 / perSecond);
    }

    /**
     * By chance, at a rate that changes.
     *
     * @param perSecond rate at a time in seconds
     * @param most its highest value
     */
    static Load poisson(DoubleUnaryOperator perSecond, double most) {
        return (sinceNanos, random) -> {
            double next = sinceNanos;
            do {
                next += random.nextExponential() * 1e9 / most;
            } while (random.nextDouble() * most >= perSecond.applyAsDouble(next / 1e9));
            return (long) next - sinceNanos;
        };
    }

    /** Grows, or falls, evenly, and stays there. */
    static Load ramp(double from, double to, Duration within) {
        double seconds = within.toMillis() / 1e3;
        return poisson(at -> from + (to - from) * Math.min(1, at / seconds), Math.max(from, to));
    }

    /** Swings between twice the mean and none, or less widely. */
    static Load wave(double mean, double amplitude, Duration period) {
        double turn = 2 * Math.PI / (period.toMillis() / 1e3);
        return poisson(at -> mean + amplitude * Math.sin(turn * at), mean + amplitude);
    }

    /** The day of a business application, as short as you like: a quiet night, a morning rush, lunch, a second peak, an evening. */
    static Load day(double busiest, Duration length) {
        double[] hours = {
            .02, .02, .02, .02, .02, .03, .08, .25, .7, 1, .95, .85, .5, .6, .8, .75, .6, .45, .3, .2, .15, .1, .05, .02
        };
        double secondsPerHour = length.toMillis() / 1e3 / hours.length;
        return poisson(
                at -> {
                    double hour = at / secondsPerHour % hours.length;
                    double before = hours[(int) hour];
                    double after = hours[((int) hour + 1) % hours.length];
                    return busiest * (before + (after - before) * (hour % 1));
                },
                busiest);
    }
}
