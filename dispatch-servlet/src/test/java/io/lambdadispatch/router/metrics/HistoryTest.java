package io.lambdadispatch.router.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.config.CostSettings;
import io.lambdadispatch.router.engine.Channel;
import io.lambdadispatch.router.engine.Identity;
import io.lambdadispatch.router.engine.PendingRequest;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolListener;
import io.lambdadispatch.router.engine.PoolPorts;
import io.lambdadispatch.router.engine.PoolSettings;
import io.lambdadispatch.router.engine.Refusal;
import io.lambdadispatch.router.engine.SimplePlanner;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final AtomicLong clock = new AtomicLong();
    private final PoolMetrics metrics = new PoolMetrics(
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            new CostSettings(OptionalInt.empty(), BigDecimal.ONE, BigDecimal.ONE),
            clock::get);
    private final HistoryReport report = new HistoryReport(metrics);
    private final Pool pool = new Pool(
            new PoolSettings(
                    "blue", "f", 10, 20, 100, Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ZERO, 0, 10),
            new SimplePlanner(10, 2, SimplePlanner.SCALE_DOWN_DELAY),
            new PoolPorts(
                    invocation -> new CompletableFuture<>(),
                    () -> new Identity("i", "t"),
                    PoolListener.NONE,
                    clock::get,
                    (task, delayNanos) -> {},
                    () -> 0.5));

    HistoryTest() {
        metrics.watch(pool);
    }

    private void look(int seconds) {
        for (int i = 0; i < seconds; i++) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            metrics.look();
        }
    }

    private History.Stretch all() {
        return metrics.of("blue").history().all();
    }

    @Test
    void aSampleIsTakenEveryOtherSecond() {
        look(2);
        assertEquals(0, all().all().size());
        look(1);
        assertEquals(1, all().all().size());
        look(3);
        assertEquals(2, all().all().size());
    }

    @Test
    void aQuarterOfAnHourIsKeptAndNoMore() {
        look(1 + 2 * (History.SIZE + 50));
        assertEquals(History.SIZE, all().all().size());
        assertEquals(50, all().first());
        assertEquals(History.SIZE + 49, metrics.of("blue").history().newest().first());
        String text = report.of("blue").orElseThrow();
        long oldest = TimeUnit.SECONDS.toMillis(2L * (History.SIZE - 1));
        assertTrue(text.contains("\"first\":50,\"samples\":[[" + oldest + ','), text.substring(0, 400));
    }

    @Test
    void aPoolIsToldAsColumnsAndRows() {
        look(1);
        for (int i = 0; i < 5; i++) {
            pool.submit(new Waits());
        }
        look(2);
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(300));
        assertEquals(
                "{\"columns\":[\"agoMs\",\"requestsPerSecond\",\"unservedPerSecond\",\"waitP50\",\"waitP99\",\"durationP50\","
                        + "\"durationP99\",\"queued\",\"running\",\"starting\",\"open\",\"draining\",\"desired\","
                        + "\"invokeFailures\",\"billed\",\"plainBilled\"],\"first\":0,"
                        + "\"samples\":[[300,2.5,0,null,null,null,null,5,0,0,0,0,0,0,0,0]]}",
                report.of("blue").orElseThrow());
        assertEquals(
                "{\"blue\":{\"first\":0,\"samples\":[[300,2.5,0,null,null,null,null,5,0,0,0,0,0,0,0,0]]}}",
                report.newest());
    }

    @Test
    void anUnknownPoolHasNone() {
        assertEquals(Optional.empty(), report.of("green"));
        assertEquals("{\"blue\":{\"first\":0,\"samples\":[]}}", report.newest());
    }

    private static final class Waits extends PendingRequest {
        @Override
        protected void assigned(Channel channel) {
            throw new AssertionError("there is no instance");
        }

        @Override
        protected void refused(Refusal why) {
            throw new AssertionError(why);
        }
    }
}
