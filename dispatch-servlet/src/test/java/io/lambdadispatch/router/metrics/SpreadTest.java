package io.lambdadispatch.router.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpreadTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Timer timer = Timer.builder("t")
            .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofMillis(1_000))
            .register(registry);

    private void record(int count, long millis) {
        for (int i = 0; i < count; i++) {
            timer.record(Duration.ofMillis(millis));
        }
    }

    @Test
    void percentilesLieInTheirBuckets() {
        record(90, 5);
        record(9, 50);
        record(1, 500);
        Spread spread = Spread.of(timer);
        assertEquals(100, spread.count());
        assertEquals((90 * 5 + 9 * 50 + 500) / 100.0, spread.meanMillis(), 1e-6);
        assertEquals(10 * 50 / 90.0, spread.percentileMillis(50), 1e-6);
        assertEquals(100, spread.percentileMillis(99), 1e-6);
        assertTrue(spread.percentileMillis(99.5) > 100);
    }

    @Test
    void aDifferenceIsAboutWhatCameBetween() {
        record(1_000, 5);
        Spread before = Spread.of(timer);
        record(10, 500);
        Spread since = Spread.of(timer).since(before);
        assertEquals(10, since.count());
        assertEquals(500, since.meanMillis(), 1e-6);
        assertTrue(since.percentileMillis(50) > 100, since.percentileMillis(50) + " ms");
        assertTrue(before.since(before).isEmpty());
    }

    @Test
    void beyondTheLastBucketItsBoundIsTold() {
        record(1, 60_000);
        assertEquals(1_000, Spread.of(timer).percentileMillis(99));
    }
}
