package io.lambdadispatch.router.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.config.CostSettings;
import io.lambdadispatch.router.config.MetricsSettings;
import io.lambdadispatch.router.engine.Identity;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolListener;
import io.lambdadispatch.router.engine.PoolPorts;
import io.lambdadispatch.router.engine.PoolSettings;
import io.lambdadispatch.router.engine.SimplePlanner;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeriodicReportTest {
    private final PoolMetrics metrics = new PoolMetrics(
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            new CostSettings(OptionalInt.empty(), BigDecimal.ONE, BigDecimal.ONE),
            () -> 0);
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final PeriodicReport report = new PeriodicReport(
            metrics,
            new MetricsSettings(true, false, Duration.ofMinutes(1)),
            new PrintStream(output, true, StandardCharsets.UTF_8),
            Clock.systemUTC());

    private static Pool pool(String id) {
        return new Pool(
                new PoolSettings(
                        id, "f", 10, 20, 100, Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ZERO, 0, 10),
                new SimplePlanner(10, 2, SimplePlanner.SCALE_DOWN_DELAY),
                new PoolPorts(
                        invocation -> new CompletableFuture<>(),
                        () -> new Identity("i", "t"),
                        PoolListener.NONE,
                        () -> 0,
                        (task, delayNanos) -> {},
                        () -> 0.5));
    }

    private List<String> told() {
        report.run();
        List<String> lines = output.toString(StandardCharsets.UTF_8).lines().toList();
        output.reset();
        return lines;
    }

    /** What its environments cost between its last line and its end belongs to the bill, too. */
    @Test
    void aPoolThatIsRemovedHasOneLastLine() {
        metrics.watch(pool("blue"));
        metrics.watch(pool("green"));
        assertEquals(2, told().size());
        metrics.environmentWarmed(
                "blue",
                new InvokeOutcome.Failed(InvokeOutcome.Reason.FUNCTION_ERROR, ""),
                TimeUnit.MILLISECONDS.toNanos(70));
        metrics.poolRemoved("blue");
        List<String> last = told().stream()
                .filter(line -> line.contains("\"Pool\":\"blue\""))
                .toList();
        assertEquals(1, last.size());
        assertTrue(last.get(0).contains("\"BilledDuration\":70"), last.get(0));
        assertEquals(1, told().size());
    }
}
