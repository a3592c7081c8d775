package io.lambdadispatch.local.environment;

import io.lambdadispatch.local.config.LocalLambdaSettings;
import io.lambdadispatch.local.runtime.RuntimeApi;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all environments share on this machine: one thread for timers, a few for starting and ending processes, ports,
 * log files and the Runtime API.
 */
public final class Machine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);
    private static final int PROCESS_THREADS = 4;
    private static final Duration LONGEST_WORK = Duration.ofSeconds(5);
    private static final Duration LOG_PERIOD = Duration.ofMillis(100);

    private final LocalLambdaSettings settings;
    private final String mark;
    private final RuntimeApi runtimeApi;
    private final EnvironmentLogs logs;
    private final AppPorts appPorts = new AppPorts();
    private final StopSignals stopSignals = new StopSignals();
    private final ScheduledThreadPoolExecutor timers;
    private final ExecutorService processes;

    /** @param mark tells the processes of this local-lambda from those of others */
    public Machine(LocalLambdaSettings settings, String mark, RuntimeApi runtimeApi, EnvironmentLogs logs) {
        this.settings = settings;
        this.mark = mark;
        this.runtimeApi = runtimeApi;
        this.logs = logs;
        this.timers = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "local-lambda-timers"));
        this.timers.setRemoveOnCancelPolicy(true);
        this.processes = Executors.newFixedThreadPool(PROCESS_THREADS, task -> daemon(task, "local-lambda-processes"));
        this.processes.execute(() -> followLogs());
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    LocalLambdaSettings settings() {
        return settings;
    }

    String mark() {
        return mark;
    }

    RuntimeApi runtimeApi() {
        return runtimeApi;
    }

    EnvironmentLogs logs() {
        return logs;
    }

    AppPorts appPorts() {
        return appPorts;
    }

    StopSignals stopSignals() {
        return stopSignals;
    }

    RestartableTimer newTimer() {
        return new RestartableTimer(this::after);
    }

    /** Does {@code action} after {@code delay}, whatever happens. */
    void later(Duration delay, Runnable action) {
        ScheduledFuture<?> unused = after(delay, action);
    }

    private ScheduledFuture<?> after(Duration delay, Runnable action) {
        return timers.schedule(() -> logged(action), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs what takes milliseconds of the operating system's time, off the I/O threads. */
    public void onProcessThread(Runnable action) {
        processes.execute(() -> logged(action));
    }

    private void followLogs() {
        logged(logs::copyNewLines);
        try {
            later(LOG_PERIOD, () -> onProcessThread(this::followLogs));
        } catch (RejectedExecutionException e) {
            LOG.debug("closed, the logs are followed no more");
        }
    }

    private static void logged(Runnable action) {
        try {
            action.run();
        } catch (RejectedExecutionException e) {
            LOG.debug("closed meanwhile", e);
        } catch (RuntimeException e) {
            LOG.warn("an action failed", e);
        }
    }

    /** Whether {@link #endAll} can work on this operating system. */
    public static boolean canEndAllAtOnce() {
        return ProcessTree.marksAreVisible();
    }

    /**
     * Ends the processes of all environments, thawed if need be: SIGTERM and, after the shutdown phase, SIGKILL. None is started any
     * more, and none is left when this returns.
     */
    public void endAll() {
        stopSignals.close();
        ProcessTree.endAll(mark, ExecutionEnvironment.SHUTDOWN_PHASE);
        stopProcessWork();
        // One may have been about to start.
        ProcessTree.endAll(mark, Duration.ZERO);
    }

    /** Starts and ends no processes any more; returns when what was under way is done. */
    private void stopProcessWork() {
        processes.shutdownNow();
        try {
            if (!processes.awaitTermination(LONGEST_WORK.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("work on processes takes too long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the threads; nothing of this machine may be used after. */
    @Override
    public void close() {
        timers.shutdownNow();
        processes.shutdownNow();
        stopSignals.close();
    }
}
