package io.lambdadispatch.router.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lambdadispatch.router.config.MetricsSettings;
import io.lambdadispatch.router.engine.Observation;
import java.io.PrintStream;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells every period what each pool did in it: CloudWatch, the log, or both. Thread-safe; whoever calls may have to wait for the output. */
public final class PeriodicReport implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    private final PoolMetrics metrics;
    private final MetricsSettings settings;
    private final PrintStream cloudWatch;
    private final Clock clock;

    @GuardedBy("this")
    private Map<PoolFigures, Totals> before = new HashMap<>();

    /**
     * @param cloudWatch takes lines of the embedded metric format
     */
    public PeriodicReport(PoolMetrics metrics, MetricsSettings settings, PrintStream cloudWatch, Clock clock) {
        this.metrics = metrics;
        this.settings = settings;
        this.cloudWatch = cloudWatch;
        this.clock = clock;
    }

    /** Tells of the time since the last call, or since a pool was made; of a pool that has been removed, once more. */
    @Override
    public synchronized void run() {
        Map<PoolFigures, Totals> now = new HashMap<>();
        for (PoolFigures pool : metrics.pools()) {
            Totals totals = pool.totals();
            now.put(pool, totals);
            Totals since = before.getOrDefault(pool, pool.beginning());
            tell(pool, totals.since(since));
        }
        before.forEach((pool, totals) -> {
            if (!now.containsKey(pool)) {
                tell(pool, pool.totals().since(totals));
            }
        });
        before = now;
    }

    private void tell(PoolFigures pool, Totals period) {
        if (settings.cloudWatchEnabled()) {
            cloudWatch.println(EmbeddedMetrics.line(
                    pool.pool().settings().function(),
                    pool.pool().id(),
                    PeriodFigures.of(pool, period),
                    clock.instant(),
                    settings.period()));
        }
        if (settings.logPeriodically() && LOG.isInfoEnabled()) {
            LOG.info(sentence(pool, period));
        }
    }

    private static String sentence(PoolFigures pool, Totals period) {
        Observation books = pool.pool().snapshot();
        String durations = period.duration().isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; half of those that ended within %.1f ms, 99 of 100 within %.1f ms",
                        period.duration().percentileMillis(50),
                        period.duration().percentileMillis(99));
        return String.format(
                Locale.ROOT,
                "pool %s, last %.0f s: %d requests came, %d invokes, %d failed%s;"
                        + " waiting %d, running %d, instances open %d of %d; billed %.1f s",
                pool.pool().id(),
                Totals.seconds(period.nanos()),
                period.flow().arrivals(),
                period.counts().invokes(),
                period.failed(),
                durations,
                books.pending(),
                books.running(),
                books.open(),
                pool.pool().desired(),
                Totals.seconds(period.billedNanos()));
    }
}
