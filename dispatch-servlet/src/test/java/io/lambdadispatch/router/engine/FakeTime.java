package io.lambdadispatch.router.engine;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Clock and scheduler in one: tasks run on the test's thread, in order of their time and then of their scheduling, and the
 * clock moves only with {@link #advance}. It starts at a random moment, often just before an overflow or before zero; a
 * failed test tells which, and {@code -Dfake.time.epoch=…} repeats it.
 */
public final class FakeTime implements Clock, Scheduler, AfterTestExecutionCallback {
    private static final long NEAR_NANOS = Duration.ofMinutes(10).toNanos();

    private final long epoch;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::sinceEpochNanos).thenComparingLong(Task::order));
    private long elapsedNanos;
    private long scheduled;

    private record Task(Runnable work, long sinceEpochNanos, long order) {}

    public FakeTime() {
        this(Long.getLong("fake.time.epoch", randomEpoch()));
    }

    FakeTime(long epoch) {
        this.epoch = epoch;
    }

    private static long randomEpoch() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long justBefore = random.nextLong(NEAR_NANOS);
        return switch (random.nextInt(3)) {
            case 0 -> Long.MAX_VALUE - justBefore;
            case 1 -> -justBefore;
            default -> random.nextLong();
        };
    }

    @Override
    public long nanoTime() {
        return epoch + elapsedNanos;
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
        if (delayNanos < 0) {
            throw new IllegalArgumentException("delay of " + delayNanos + " ns");
        }
        tasks.add(new Task(task, elapsedNanos + delayNanos, scheduled++));
    }

    /** Runs what is due now, and what becomes due by that. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /** Lets time pass; each task runs at its very moment. */
    public void advance(Duration duration) {
        long until = elapsedNanos + duration.toNanos();
        while (!tasks.isEmpty() && tasks.peek().sinceEpochNanos() <= until) {
            Task task = tasks.remove();
            elapsedNanos = Math.max(elapsedNanos, task.sinceEpochNanos());
            task.work().run();
        }
        elapsedNanos = until;
    }

    /** Time passes, but nothing runs: what was due meanwhile is late. */
    public void standStill(Duration duration) {
        elapsedNanos += duration.toNanos();
    }

    public void advanceMillis(long millis) {
        advance(Duration.ofMillis(millis));
    }

    Duration elapsed() {
        return Duration.ofNanos(elapsedNanos);
    }

    public boolean nothingScheduled() {
        return tasks.isEmpty();
    }

    /** When the tasks are due, counted from now. */
    List<Duration> dueIn() {
        return tasks.stream()
                .map(task -> Duration.ofNanos(task.sinceEpochNanos() - elapsedNanos))
                .sorted()
                .toList();
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            System.err.println(context.getDisplayName() + " failed with -Dfake.time.epoch=" + epoch);
        }
    }

    @Override
    public String toString() {
        return "FakeTime[epoch=" + epoch + ", elapsed=" + elapsed() + ", tasks due in " + dueIn() + "]";
    }
}
