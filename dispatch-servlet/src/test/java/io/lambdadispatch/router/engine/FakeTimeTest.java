package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FakeTimeTest {
    private final List<String> log = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MAX_VALUE, Long.MAX_VALUE - 15_000_000, Long.MIN_VALUE})
    void runsTasksInOrderOfTimeThenOfScheduling(long epoch) {
        FakeTime time = new FakeTime(epoch);
        time.schedule(() -> log.add("later"), Duration.ofMillis(20).toNanos());
        time.schedule(() -> log.add("first"), Duration.ofMillis(10).toNanos());
        time.schedule(() -> log.add("second"), Duration.ofMillis(10).toNanos());
        time.advanceMillis(10);
        assertEquals(List.of("first", "second"), log);
        time.advanceMillis(10);
        assertEquals(List.of("first", "second", "later"), log);
        assertTrue(time.nothingScheduled());
    }

    @Test
    void showsATaskTheMomentItWasScheduledFor() {
        FakeTime time = new FakeTime(Long.MAX_VALUE - 1);
        long start = time.nanoTime();
        List<Long> seen = new ArrayList<>();
        time.schedule(() -> seen.add(time.nanoTime() - start), 3);
        time.advanceMillis(1);
        assertEquals(List.of(3L), seen);
        assertEquals(1_000_000, time.nanoTime() - start);
    }

    @Test
    void runsWhatTheTasksScheduleInTheSameAdvance() {
        FakeTime time = new FakeTime();
        time.schedule(() -> time.schedule(() -> log.add("nested"), 0), 0);
        assertFalse(time.nothingScheduled());
        time.runDue();
        assertEquals(List.of("nested"), log);
        assertTrue(time.nothingScheduled());
    }

    @Test
    void refusesADelayBelowZero() {
        assertThrows(IllegalArgumentException.class, () -> new FakeTime().schedule(() -> {}, -1));
    }
}
