package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.engine.Scheduler;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread of the router's own, one task after the other: what the engine schedules, or what is told of it. It carries no request. */
final class RouterThread implements Scheduler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouterThread.class);

    private final ScheduledThreadPoolExecutor executor;

    RouterThread(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
        try {
            var unused = executor.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("too late to schedule anything: the router has stopped");
        }
    }

    /** A task that throws must not take those after it along. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a scheduled task failed unexpectedly", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
