package io.lambdadispatch.benchmarks.watch;

import com.sun.management.OperatingSystemMXBean;
import io.lambdadispatch.benchmarks.engine.MeasuredPool;
import io.lambdadispatch.router.config.AccessLogFormat;
import io.lambdadispatch.router.config.CostSettings;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.log.AccessLog;
import io.lambdadispatch.router.metrics.PoolMetrics;
import io.lambdadispatch.router.relay.RequestListener;
import io.lambdadispatch.router.relay.RequestRecord;
import io.lambdadispatch.router.relay.SampleRequests;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * What it costs to watch a request: the router's own metrics and access log, with nothing around them. Of a system under load the
 * figures vary by more than these few per cent; the CPU time of a process that does nothing else tells them in two minutes. The time of the
 * log's own thread and of the collector is in it. Run it by {@code benchmarks/run watch}.
 */
public final class WatchReport {
    private static final int WARM_UP_ROUNDS = 4;
    private static final int ROUNDS = 7;
    private static final int REQUESTS = 200_000;

    /** Ten times what a busy router has between two looks of the log's thread: with so few the CPUs idle in between, and begin cold. */
    private static final int REQUESTS_AT_ONCE = 40_000;

    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final SampleUser user = new SampleUser();
    private final Pool pool = new MeasuredPool(1).pool();
    private final PoolMetrics metrics = metrics();
    private final double requestMicros;

    private WatchReport(double requestMicros) {
        this.requestMicros = requestMicros;
    }

    /**
     * Prints a table, and writes it to a file.
     *
     * @param args the file, and what a request costs router and client together, in us of CPU
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println(
                    "benchmarks/run watch US: the CPU time of a whole request, as benchmarks/run hop tells it");
            System.exit(2);
        }
        String table = new WatchReport(Double.parseDouble(args[1])).table();
        System.out.println(table);
        Files.writeString(Path.of(args[0]), table);
    }

    private PoolMetrics metrics() {
        CostSettings cost = new CostSettings(OptionalInt.empty(), BigDecimal.ZERO, BigDecimal.ZERO);
        PoolMetrics watching =
                new PoolMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), cost, System::nanoTime);
        watching.watch(pool);
        return watching;
    }

    private String table() throws IOException {
        double unwatched = cpuNanos(RequestListener.NONE);
        return String.format(
                        Locale.ROOT,
                        "Java %s, medians of %d rounds of %,d requests%n%n| | CPU a request | of %.1f us |%n| --- | ---: | ---: |%n",
                        System.getProperty("java.version"),
                        ROUNDS,
                        REQUESTS,
                        requestMicros)
                + row("metrics", cpuNanos(metrics) - unwatched)
                + row("metrics and access log, combined", loggedCpuNanos(AccessLogFormat.COMBINED) - unwatched)
                + row("metrics and access log, JSON", loggedCpuNanos(AccessLogFormat.JSON) - unwatched);
    }

    private String row(String what, double nanos) {
        return String.format(Locale.ROOT, "| %s | %.0f ns | %.1f %% |%n", what, nanos, nanos / requestMicros / 10);
    }

    private double loggedCpuNanos(AccessLogFormat format) throws IOException {
        Path file = Files.createTempFile("lambda-dispatch-watch.", ".log");
        try (OutputStream output = Files.newOutputStream(file)) {
            LineCounter lines = new LineCounter(output);
            try (AccessLog log = new AccessLog(format, lines).start()) {
                return cpuNanos(new Both(metrics, log, lines));
            }
        } finally {
            Files.delete(file);
        }
    }

    private double cpuNanos(RequestListener listener) {
        double[] rounds = new double[ROUNDS];
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            long before = MACHINE.getProcessCpuTime();
            serve(listener);
            if (round >= 0) {
                rounds[round] = (double) (MACHINE.getProcessCpuTime() - before) / REQUESTS;
            }
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private void serve(RequestListener listener) {
        for (int request = 1; request <= REQUESTS; request++) {
            SampleRequests.serve(pool.id(), user, listener);
            if (request % REQUESTS_AT_ONCE == 0 && listener instanceof Both both) {
                both.awaitLines();
            }
        }
    }

    /** As the router has them. */
    private static final class Both implements RequestListener {
        private final PoolMetrics metrics;
        private final AccessLog log;
        private final LineCounter lines;
        private long requests;

        Both(PoolMetrics metrics, AccessLog log, LineCounter lines) {
            this.metrics = metrics;
            this.log = log;
            this.lines = lines;
        }

        @Override
        public boolean wantsUser() {
            return true;
        }

        @Override
        public void ended(RequestRecord record) {
            requests++;
            metrics.ended(record);
            log.ended(record);
        }

        void awaitLines() {
            if (log.lost() > 0) {
                throw new UncheckedIOException(new IOException("lines of the log were lost"));
            }
            lines.await(requests);
        }
    }
}
