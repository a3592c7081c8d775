package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.config.AccessLogFormat;
import io.lambdadispatch.router.config.MetricsSettings;
import io.lambdadispatch.router.config.RequestLogSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolListener;
import io.lambdadispatch.router.log.AccessLog;
import io.lambdadispatch.router.log.PoolLog;
import io.lambdadispatch.router.metrics.ChannelRefusal;
import io.lambdadispatch.router.metrics.HistoryReport;
import io.lambdadispatch.router.metrics.PeriodicReport;
import io.lambdadispatch.router.metrics.PoolMetrics;
import io.lambdadispatch.router.metrics.StateReport;
import io.lambdadispatch.router.relay.RequestListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * All who watch a router: its log, its figures, its access log. Access log and periodic reports are written on threads of their
 * own, because a full disk or a pipe that nobody reads must hold up neither requests nor the fleet. That does not go for the log of
 * what pools do: SLF4J writes on whichever thread calls it, the fleet's or one that serves a request, and these wait as long as
 * its output does, unless its provider is asynchronous. Thread-safe.
 */
final class Watchers implements AutoCloseable {
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_REPORT_MS = 2_000;

    private final PoolLog log = new PoolLog();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PoolMetrics metrics;
    private final StateReport state;
    private final HistoryReport history;
    private final Optional<OutputStream> accessLogFile;
    private final Optional<AccessLog> accessLog;
    private final RequestListener requests;
    private final Optional<PeriodicReport> report;
    private final RouterThread thread = new RouterThread("lambda-dispatch-report");

    /** Not the other one: operators are to see what goes on although nobody takes the reports. */
    private final RouterThread looks = new RouterThread("lambda-dispatch-console");

    Watchers(RouterConfig config) {
        metrics = new PoolMetrics(meters, config.cost(), System::nanoTime);
        state = new StateReport(metrics, config.cost(), Clock.systemUTC());
        history = new HistoryReport(metrics);
        accessLogFile = config.requestLog().path().map(Watchers::append);
        accessLog = accessLog(config.requestLog());
        requests = accessLog.isPresent()
                ? new RequestListeners(List.of(metrics, accessLog.get()))
                : new RequestListeners(List.of(metrics));
        report = report(config.metrics());
        report.ifPresent(it -> every(config.metrics().period().toNanos(), it, thread));
        bindProcess();
    }

    private static OutputStream append(Path path) {
        try {
            return new FileOutputStream(path.toFile(), true);
        } catch (IOException e) {
            throw new UncheckedIOException("AccessLogPath: " + e.getMessage(), e);
        }
    }

    /** {@link System#out}, which others write to and which may be redirected; but it keeps to itself that it cannot be written. */
    private static final class StandardOutput extends OutputStream {
        @Override
        public void write(int b) {
            System.out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int size) {
            System.out.write(bytes, offset, size);
        }

        /** It never says that it can be written again. */
        @Override
        public void flush() throws IOException {
            if (System.out.checkError()) {
                throw new IOException("the standard output has failed");
            }
        }
    }

    private Optional<AccessLog> accessLog(RequestLogSettings settings) {
        if (settings.format() == AccessLogFormat.OFF) {
            return Optional.empty();
        }
        AccessLog started = new AccessLog(settings.format(), accessLogFile.orElseGet(StandardOutput::new)).start();
        FunctionCounter.builder("lambda.dispatch.access.log.lost", started, AccessLog::lost)
                .description("Lines of the access log that were lost")
                .register(meters);
        return Optional.of(started);
    }

    private void bindProcess() {
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
    }

    private Optional<PeriodicReport> report(MetricsSettings settings) {
        return settings.cloudWatchEnabled() || settings.logPeriodically()
                ? Optional.of(new PeriodicReport(metrics, settings, System.out, Clock.systemUTC()))
                : Optional.empty();
    }

    private static void every(long nanos, Runnable task, RouterThread thread) {
        thread.schedule(
                () -> {
                    every(nanos, task, thread);
                    task.run();
                },
                nanos);
    }

    /**
     * Begins to look at the pools, once a second; without it there are neither rates nor history.
     *
     * @param then what follows each look
     */
    void look(Runnable then) {
        every(
                LOOK_EVERY_NANOS,
                () -> {
                    metrics.look();
                    then.run();
                },
                looks);
    }

    /** Who watches each pool. */
    PoolListener pools() {
        return new PoolListeners(log, metrics);
    }

    /** Who is told of each request. */
    RequestListener requests() {
        return requests;
    }

    void watch(Pool pool) {
        metrics.watch(pool);
        log.poolMade(pool);
    }

    void channelRefused(String poolId, ChannelRefusal why) {
        metrics.channelRefused(poolId, why);
    }

    /** The figures, in the format that Prometheus reads. */
    String figures() {
        return meters.scrape();
    }

    String state(boolean isLeaving) {
        return state.text(isLeaving);
    }

    HistoryReport history() {
        return history;
    }

    /** The last period is shorter, but no less true. Where nobody reads the output any more, nobody waits for it for long. */
    private static void tellLast(PeriodicReport report) {
        Thread teller = new Thread(report, "lambda-dispatch-last-report");
        teller.setDaemon(true);
        teller.start();
        try {
            teller.join(LAST_REPORT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what is still to be written, in a few seconds or not at all. */
    @Override
    public void close() {
        thread.close();
        looks.close();
        report.ifPresent(Watchers::tellLast);
        accessLog.ifPresent(AccessLog::close);
        try {
            if (accessLogFile.isPresent()) {
                accessLogFile.get().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("closing the access log", e);
        }
        meters.close();
    }
}
