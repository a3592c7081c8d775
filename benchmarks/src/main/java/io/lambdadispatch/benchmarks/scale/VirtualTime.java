package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.router.engine.Clock;
import io.lambdadispatch.router.engine.Scheduler;
import java.time.Duration;
import java.util.Arrays;

/**
 * Clock and scheduler in one, as fast as a day in a minute needs: tasks run on the caller's thread in order of their time
 * and then of their scheduling, and the clock jumps from one to the next. Not thread-safe.
 *
 * <p>A binary heap whose keys lie in arrays of their own, so that neither an object is made for a task nor one visited to
 * compare two of them.
 */
final class VirtualTime implements Clock, Scheduler {
    private final long epoch;
    private long elapsed;
    private long scheduled;
    private int size;
    private long[] times = new long[1_024];
    private long[] orders = new long[1_024];
    private Runnable[] tasks = new Runnable[1_024];

    VirtualTime() {
        this(0);
    }

    /**
     * @param epoch what the clock says at first, in ns; any value, since only differences mean anything
     */
    VirtualTime(long epoch) {
        this.epoch = epoch;
    }

    @Override
    public long nanoTime() {
        return epoch + elapsed;
    }

    /** Since the beginning, in ns. */
    long elapsed() {
        return elapsed;
    }

    boolean nothingScheduled() {
        return size == 0;
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
        if (delayNanos < 0) {
            throw new IllegalArgumentException("delay of " + delayNanos + " ns");
        }
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
            tasks = Arrays.copyOf(tasks, 2 * size);
        }
        rise(size++, elapsed + delayNanos, scheduled++, task);
    }

    /** Lets time pass; each task runs at its very moment, also those that become due meanwhile. */
    void advance(Duration duration) {
        long until = elapsed + duration.toNanos();
        while (size > 0 && times[0] <= until) {
            elapsed = times[0];
            removeFirst().run();
        }
        elapsed = until;
    }

    private Runnable removeFirst() {
        Runnable first = tasks[0];
        int last = --size;
        Runnable moved = tasks[last];
        tasks[last] = null;
        if (last > 0) {
            sink(times[last], orders[last], moved);
        }
        return first;
    }

    private void rise(int from, long time, long order, Runnable task) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (isBefore(parent, time, order)) {
                break;
            }
            move(parent, place);
            place = parent;
        }
        put(place, time, order, task);
    }

    /** From the top. */
    private void sink(long time, long order, Runnable task) {
        int place = 0;
        int child = 1;
        while (child < size) {
            if (child + 1 < size && isBefore(child + 1, times[child], orders[child])) {
                child++;
            }
            if (!isBefore(child, time, order)) {
                break;
            }
            move(child, place);
            place = child;
            child = 2 * place + 1;
        }
        put(place, time, order, task);
    }

    private boolean isBefore(int place, long time, long order) {
        return times[place] < time || (times[place] == time && orders[place] < order);
    }

    private void move(int from, int to) {
        put(to, times[from], orders[from], tasks[from]);
    }

    private void put(int place, long time, long order, Runnable task) {
        times[place] = time;
        orders[place] = order;
        tasks[place] = task;
    }
}
