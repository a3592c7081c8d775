package io.lambdadispatch.benchmarks.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
    private final VirtualTime time = new VirtualTime();

    /** A task that was scheduled, and when it is due. */
    private record Scheduled(int number, long due) {}

    @Test
    void runsManyTasksInOrderOfTimeThenOfScheduling() {
        SplittableRandom random = new SplittableRandom(1);
        List<Scheduled> scheduled = new ArrayList<>();
        List<Scheduled> ran = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            Scheduled task = new Scheduled(i, random.nextLong(1_000));
            scheduled.add(task);
            time.schedule(
                    () -> {
                        assertEquals(task.due(), time.elapsed());
                        ran.add(task);
                    },
                    task.due());
        }
        time.advance(Duration.ofNanos(500));
        assertTrue(ran.stream().allMatch(task -> task.due() <= 500));
        time.advance(Duration.ofNanos(500));
        scheduled.sort(Comparator.comparingLong(Scheduled::due).thenComparingInt(Scheduled::number));
        assertEquals(scheduled, ran);
        assertTrue(time.nothingScheduled());
    }

    @Test
    void runsWhatTasksScheduleForTheSameMoment() {
        List<String> log = new ArrayList<>();
        time.schedule(() -> time.schedule(() -> log.add("nested"), 0), 5);
        time.schedule(() -> log.add("second"), 5);
        assertFalse(time.nothingScheduled());
        time.advance(Duration.ofNanos(5));
        assertEquals(List.of("second", "nested"), log);
    }

    @Test
    void clockMayOverflow() {
        VirtualTime late = new VirtualTime(Long.MAX_VALUE);
        late.advance(Duration.ofNanos(10));
        assertEquals(10, late.nanoTime() - Long.MAX_VALUE);
    }

    @Test
    void refusesADelayBelowZero() {
        assertThrows(IllegalArgumentException.class, () -> time.schedule(() -> {}, -1));
    }
}
