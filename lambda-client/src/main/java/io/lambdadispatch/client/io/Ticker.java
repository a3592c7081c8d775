package io.lambdadispatch.client.io;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's clock, and the one thread that tells an invoke that time has passed. */
public interface Ticker extends AutoCloseable {
    /** How often {@link #start} calls: every rule that depends on time is this exact. */
    long INTERVAL_MILLIS = 100;

    /** Nanoseconds since some moment; to be compared by subtraction. */
    long now();

    /** Calls {@code tick} every {@link #INTERVAL_MILLIS} until the result is closed. */
    AutoCloseable start(Runnable tick);

    @Override
    void close();

    /** The real one. */
    static Ticker system() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "lambda-dispatch-timer");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return new SystemTicker(executor);
    }

    /** Ticks on one daemon thread. */
    record SystemTicker(ScheduledExecutorService executor) implements Ticker {
        private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

        @Override
        public long now() {
            return System.nanoTime();
        }

        @Override
        public AutoCloseable start(Runnable tick) {
            var task = executor.scheduleAtFixedRate(
                    () -> runSafely(tick), INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            return () -> task.cancel(false);
        }

        /** The executor would drop a task that throws anything at all, and the invoke would never end. */
        private static void runSafely(Runnable tick) {
            try {
                tick.run();
            } catch (Throwable e) {
                LOG.error("timer", e);
            }
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}
