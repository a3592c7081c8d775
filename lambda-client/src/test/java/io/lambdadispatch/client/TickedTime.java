package io.lambdadispatch.client;

import io.lambdadispatch.client.io.Ticker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Time for tests: it passes by ticks alone, and only while an invoke is told of them. When the machine stalls it stands still, so
 * that no limit of an invoke is passed by that; what a test would have to wait for, it jumps over. Thread-safe.
 */
final class TickedTime implements Ticker {
    private final Set<Runnable> told = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "ticked-time");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long now = System.nanoTime();
    private volatile boolean stopped;

    @Override
    public long now() {
        return now;
    }

    @Override
    public AutoCloseable start(Runnable tick) {
        told.add(tick);
        var ticks =
                executor.scheduleWithFixedDelay(this::goOn, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        return () -> {
            told.remove(tick);
            ticks.cancel(false);
        };
    }

    private synchronized void goOn() {
        if (!stopped) {
            tickAt(now + TimeUnit.MILLISECONDS.toNanos(INTERVAL_MILLIS));
        }
    }

    private void tickAt(long nanos) {
        now = nanos;
        told.forEach(Runnable::run);
    }

    /** It stands still until the next jump: nothing is under way then whose limit the jump would pass. */
    void stop() {
        stopped = true;
    }

    /** Jumps there unless it is later already, ticks, and goes on from there. */
    synchronized void jumpTo(long nanos) {
        stopped = false;
        tickAt(Math.max(now, nanos));
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
