package io.lambdadispatch.benchmarks.scale;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long the app takes for a request. */
@FunctionalInterface
interface ServiceTime {
    long nanos(RandomGenerator random);

    static ServiceTime constant(Duration time) {
        return random -> time.toNanos();
    }

    static ServiceTime exponential(Duration mean) {
        return random -> (long) (random.nextExponential() * mean.toNanos());
    }

    /** Most are quick, a few take very long: log-normal with σ = 1.5, so one in a hundred takes over ten times the mean. */
    static ServiceTime heavyTailed(Duration mean) {
        double sigma = 1.5;
        double mu = Math.log((double) mean.toNanos()) - sigma * sigma / 2;
        return random -> (long) Math.exp(mu + sigma * random.nextGaussian());
    }

    /** That share of requests takes the other time. */
    default ServiceTime mixedWith(double share, ServiceTime other) {
        return random -> random.nextDouble() < share ? other.nanos(random) : nanos(random);
    }
}
