package io.lambdadispatch.router.metrics;

import static io.lambdadispatch.router.metrics.Figure.Unit.BYTES;
import static io.lambdadispatch.router.metrics.Figure.Unit.COUNT;
import static io.lambdadispatch.router.metrics.Figure.Unit.COUNT_PER_SECOND;
import static io.lambdadispatch.router.metrics.Figure.Unit.MILLISECONDS;
import static io.lambdadispatch.router.metrics.Figure.Unit.NONE;

import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.metrics.Figure.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What a pool did in a period, for CloudWatch: under the reference's names where it has one for the same thing. Namespace and
 * dimensions are ours. What was not measured, because nothing happened, is left out rather than told as 0.
 */
final class PeriodFigures {
    private final List<Figure> figures = new ArrayList<>();

    private PeriodFigures() {}

    static List<Figure> of(PoolFigures pool, Totals period) {
        PeriodFigures all = new PeriodFigures();
        all.requests(period);
        all.instances(pool, period);
        all.cost(pool, period);
        return all.figures;
    }

    private void requests(Totals period) {
        long arrivals = period.flow().arrivals();
        add("RequestCount", COUNT, arrivals);
        add("IncomingRequestRPS", COUNT_PER_SECOND, arrivals / Totals.seconds(Math.max(1, period.nanos())));
        add("IncomingRequestDuration", period.duration());
        add("IncomingRequestDurationAfterDispatch", period.service());
        add("DispatchDelay", period.waiting());
        add("ImmediateDispatchCount", COUNT, period.counts().immediate());
        add("PendingDispatchCount", COUNT, period.counts().waited());
        add("RetriedRequestCount", COUNT, period.counts().retries());
        add("RequestBytes", BYTES, period.counts().bytesIn());
        add("ResponseBytes", BYTES, period.counts().bytesOut());
        period.outcomes().forEach((outcome, count) -> add("Requests" + camelCase(outcome), COUNT, count));
    }

    private void instances(PoolFigures pool, Totals period) {
        Observation books = pool.pool().snapshot();
        add("QueuedRequests", COUNT, books.pending());
        add("RunningRequests", COUNT, books.running());
        add("LambdaInstanceRunningCount", COUNT, books.open());
        add("LambdaInstanceStartingCount", COUNT, books.starting());
        add("LambdaInstanceStoppingCount", COUNT, books.draining());
        add("LambdaInstanceDesiredCount", COUNT, pool.pool().desired());
        add("LambdaInstanceOpenConnections", COUNT, books.idleChannels() + books.running());
        add("IdleChannelCount", COUNT, books.idleChannels());
        add("LambdaConnectionRejectedCount", COUNT, period.counts().refusedChannels());
        add("LambdaInvokeCount", COUNT, period.counts().invokes());
        add("LambdaInvokeFailureCount", COUNT, period.failed());
        for (Map.Entry<String, Long> failure : new TreeMap<>(period.failures()).entrySet()) {
            add("LambdaInvokeFailure" + camelCase(failure.getKey()), COUNT, failure.getValue());
        }
        add("LambdaOpenDelay", period.startup());
    }

    private void cost(PoolFigures pool, Totals period) {
        double plainSeconds = Totals.plainBilledSeconds(period.flow());
        add("BilledDuration", MILLISECONDS, TimeUnit.NANOSECONDS.toMillis(period.billedNanos()));
        add("PlainLambdaBilledDuration", MILLISECONDS, 1_000 * plainSeconds);
        if (pool.cost().isKnown()) {
            double seconds = Totals.seconds(period.billedNanos());
            add("EstimatedCost", NONE, pool.cost().dollars(seconds, period.billedInvokes()));
            add(
                    "PlainLambdaEstimatedCost",
                    NONE,
                    pool.cost().dollars(plainSeconds, period.flow().ended()));
        }
    }

    private void add(String name, Unit unit, long value) {
        add(name, unit, (double) value);
    }

    private void add(String name, Unit unit, double value) {
        figures.add(new Figure(name, unit, value));
    }

    private void add(String name, Spread spread) {
        if (!spread.isEmpty()) {
            add(name, MILLISECONDS, spread.meanMillis());
            add(name + "P50", MILLISECONDS, spread.percentileMillis(50));
            add(name + "P99", MILLISECONDS, spread.percentileMillis(99));
        }
    }

    /** {@code timed_out}: {@code TimedOut}. */
    private static String camelCase(String name) {
        StringBuilder text = new StringBuilder();
        for (String word : name.split("_", -1)) {
            text.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
        }
        return text.toString();
    }
}
