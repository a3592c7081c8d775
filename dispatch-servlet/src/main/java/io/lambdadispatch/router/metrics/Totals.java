package io.lambdadispatch.router.metrics;

import io.lambdadispatch.router.engine.Observation;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What has passed through a pool up to a moment: sums that only grow. What happened between two moments is their difference, which
 * is one of these as well.
 *
 * @param nanos the moment, or how long the time between two of them was
 * @param flow the engine's own sums
 * @param outcomes requests that have ended, by how; only what there was
 * @param failures of invokes, by reason; only what there was
 * @param waiting how long requests waited for an instance
 * @param duration how long they took, from their arrival
 * @param service how long they took, once an instance had them
 * @param startup how long instances took to call back
 * @param counts the rest
 * @param billedNanos for which environments ran
 * @param billedInvokes those that AWS has taken
 */
record Totals(
        long nanos,
        Observation.Flow flow,
        Map<String, Long> outcomes,
        Map<String, Long> failures,
        Spread waiting,
        Spread duration,
        Spread service,
        Spread startup,
        Counts counts,
        long billedNanos,
        long billedInvokes) {

    /**
     * Plain counts.
     *
     * @param immediate requests that found an instance free
     * @param waited requests that an instance had after they had waited
     * @param retries requests that were sent to a second instance
     * @param bytesIn of requests' bodies
     * @param bytesOut of answers' bodies
     * @param invokes that were to start an instance
     * @param refusedChannels of instances
     */
    record Counts(
            long immediate,
            long waited,
            long retries,
            long bytesIn,
            long bytesOut,
            long invokes,
            long refusedChannels) {
        private Counts since(Counts before) {
            return new Counts(
                    immediate - before.immediate,
                    waited - before.waited,
                    retries - before.retries,
                    bytesIn - before.bytesIn,
                    bytesOut - before.bytesOut,
                    invokes - before.invokes,
                    refusedChannels - before.refusedChannels);
        }
    }

    /** AWS bills each invoke in whole milliseconds, rounded up: half of one more, on an average. */
    private static final double ROUNDED_UP_SECONDS = 0.0005;

    Totals since(Totals before) {
        return new Totals(
                nanos - before.nanos,
                new Observation.Flow(
                        flow.arrivals() - before.flow.arrivals(),
                        flow.ended() - before.flow.ended(),
                        flow.busyNanos() - before.flow.busyNanos()),
                since(outcomes, before.outcomes),
                since(failures, before.failures),
                waiting.since(before.waiting),
                duration.since(before.duration),
                service.since(before.service),
                startup.since(before.startup),
                counts.since(before.counts),
                billedNanos - before.billedNanos,
                billedInvokes - before.billedInvokes);
    }

    private static Map<String, Long> since(Map<String, Long> now, Map<String, Long> before) {
        Map<String, Long> differences = new TreeMap<>();
        now.forEach((name, count) -> {
            long difference = count - before.getOrDefault(name, 0L);
            if (difference != 0) {
                differences.put(name, difference);
            }
        });
        return differences;
    }

    long ended() {
        return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** What one environment for each request would be billed for the same requests, without its cold starts. */
    static double plainBilledSeconds(Observation.Flow flow) {
        return seconds(flow.busyNanos()) + flow.ended() * ROUNDED_UP_SECONDS;
    }
}
