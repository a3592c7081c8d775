package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.EwmaPlanner.Memory;
import io.lambdadispatch.router.engine.Observation.Flow;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten at a time with a multiplier of 2, unless said otherwise. */
class EwmaPlannerTest {
    private static final Duration DELAY = SimplePlanner.SCALE_DOWN_DELAY;
    private static final Duration TICK = Duration.ofMillis(50);

    private EwmaPlanner planner = new EwmaPlanner(10, 2, DELAY);
    private Memory memory = planner.begin();
    private long now = new FakeTime().nanoTime();
    private Flow flow = Flow.NONE;

    private int plan(int pending, int running) {
        return plan(pending, running, memory.desired());
    }

    private int plan(int pending, int running, int open) {
        memory = planner.plan(new Observation(pending, running, running, 0, 0, open, 0, 0, flow), memory, 0, now);
        return memory.desired();
    }

    private void pass(Duration duration) {
        now += duration.toNanos();
    }

    /** Requests come at that rate, take so long, and as many run as that makes. */
    private void load(double perSecond, double millis, Duration duration) {
        double came = flow.arrivals();
        for (long looks = duration.dividedBy(TICK); looks > 0; looks--) {
            pass(TICK);
            came += perSecond * TICK.toMillis() / 1e3;
            long ended = (long) came - flow.ended();
            flow = new Flow((long) came, flow.ended() + ended, flow.busyNanos() + (long) (ended * millis * 1e6));
            plan(0, (int) Math.ceil(perSecond * millis / 1e3));
        }
    }

    @ParameterizedTest(name = "{0} at a time × {1}: {2} per second of {3} ms want {4}")
    @CsvSource({
        "10, 2,   100,  100,   3", // 100 / (1000 / 100 × 5) × 1.2 = 2.4
        "10, 2,   100,  200,   5", // 4 × 1.2 = 4.8
        "10, 2, 1000,   50,  12", // 10 × 1.2, exactly
        "10, 1,   100,  200,   3", // 2 × 1.2 = 2.4
        "10, 3,   100,  200,   6", // ceil(10 / 3) = 4 at a time: 5 × 1.2
        " 1, 1,   100,  200,  24", // 20 × 1.2
        " 1, 4,   100,  200,  24", // the share of an instance is never below 1
        "10, 2, 1000,    1,   1", // taken for 2 ms: 0.4 × 1.2 = 0.48
        "10, 2, 5000,  0.1,   3", // taken for 2 ms: 2 × 1.2 = 2.4
        "10, 2,     2, 1500,   1", // 0.6 × 1.2 = 0.72
    })
    void wantsInstancesByRateAndDuration(
            int maxConcurrent, int multiplier, double perSecond, double millis, int wanted) {
        planner = new EwmaPlanner(maxConcurrent, multiplier, DELAY);
        load(perSecond, millis, Duration.ofMinutes(2));
        assertEquals(wanted, memory.desired());
    }

    @Test
    void averagesRateAndDurationOverFiveSeconds() {
        load(100, 100, Duration.ofMinutes(2));
        assertEquals(100, memory.perSecond(), 1e-6);
        assertEquals(100, memory.durationMs(), 1e-6);
        load(200, 300, Duration.ofSeconds(5));
        assertEquals(100 + 100 * (1 - Math.exp(-1)), memory.perSecond(), 1e-6);
        assertEquals(100 + 200 * (1 - Math.exp(-1)), memory.durationMs(), 1e-6);
    }

    @Test
    void measuresTheSameHoweverOftenItLooks() {
        load(100, 100, Duration.ofSeconds(10));
        Memory often = memory;
        memory = planner.begin();
        plan(0, 0);
        flow = new Flow(flow.arrivals() + 1_000, flow.ended() + 1_000, flow.busyNanos() + 100_000_000_000L);
        pass(Duration.ofSeconds(10));
        plan(0, 10);
        assertEquals(often.perSecond(), memory.perSecond(), 0.5, "the first of many looks tells nothing");
        assertEquals(often.durationMs(), memory.durationMs(), 1e-6);
    }

    @Test
    void takesTheFirstDurationForTheAverage() {
        plan(1, 0);
        pass(TICK);
        flow = new Flow(1, 1, Duration.ofMillis(700).toNanos());
        plan(0, 0);
        assertEquals(700, memory.durationMs());
    }

    @Test
    void saysNothingOfARateAtTheFirstLook() {
        flow = new Flow(1_000_000, 1_000_000, Long.MAX_VALUE / 2);
        assertEquals(1, plan(0, 10));
        assertEquals(0, memory.perSecond());
    }

    @Test
    void leavesTheNumberAloneWhenOneLessWouldDo() {
        load(100, 200, Duration.ofMinutes(2));
        assertEquals(5, memory.desired());
        load(80, 200, Duration.ofMinutes(2)); // 3.2 × 1.2 = 3.84
        assertEquals(5, memory.desired());
        load(60, 200, Duration.ofMinutes(2)); // 2.4 × 1.2 = 2.88
        assertEquals(3, memory.desired());
    }

    @Test
    void keepsOneInstanceWhileAnythingRuns() {
        assertEquals(1, plan(1, 0));
        for (int i = 0; i < 10_000; i++) {
            pass(TICK);
            assertEquals(1, plan(0, 1));
        }
    }

    @Test
    void goesToZeroWhenNothingRunsAndTheAveragesHaveFaded() {
        load(100, 200, Duration.ofMinutes(2));
        load(0, 0, Duration.ofSeconds(20));
        assertEquals(0, memory.desired());
        assertTrue(memory.perSecond() < 2, "rate of " + memory.perSecond());
        load(0, 0, Duration.ofMinutes(2));
        assertEquals(0, memory.perSecond());
    }

    @Test
    void startsNoneForAnAverageWhileNothingRuns() {
        load(100, 200, Duration.ofMinutes(2));
        for (int open = 5; open >= 0; open--) {
            pass(TICK);
            assertEquals(open, plan(0, 0, open), "those that leave are not replaced");
        }
        pass(TICK);
        assertEquals(0, plan(0, 0, 0));
    }

    @Test
    void wantsOneMoreThanAreFilledWhileARequestWaits() {
        assertEquals(1, plan(1, 0));
        for (int full = 1; full < 40; full++) {
            // Streams: none of them ends, so nothing is known of how long they take.
            pass(Duration.ofSeconds(2));
            assertEquals(full + 1, plan(1, 10 * full));
        }
    }

    @Test
    void knowsTheFlowAlsoWhenNotAllCanBeHad() {
        load(100, 200, Duration.ofMinutes(1));
        pass(TICK);
        flow = new Flow(flow.arrivals() + 500, flow.ended(), flow.busyNanos());
        Memory before = memory;
        plan(400, 20);
        assertTrue(memory.desired() > 5);
        memory = planner.withheld(before, memory, 5);
        assertEquals(5, memory.desired());
        assertEquals(flow, memory.flow());
        assertEquals(before.steps().out().spent(), memory.steps().out().spent());
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1_000_000_000, -1_000_000_000, Long.MIN_VALUE, 0})
    void measuresTheSameAcrossTheOverflowOfTheClock(long epoch) {
        now = epoch;
        load(100, 200, Duration.ofMinutes(2));
        assertEquals(100, memory.perSecond(), 1e-6);
        assertEquals(5, memory.desired());
    }

    @Test
    void measuresAcrossTheOverflowOfTheSums() {
        flow = new Flow(0, 0, Long.MAX_VALUE - 1_000_000_000L);
        load(100, 200, Duration.ofMinutes(2));
        assertEquals(200, memory.durationMs(), 1e-6);
    }

    @Test
    void learnsNothingWhileTheClockStandsStill() {
        load(100, 200, Duration.ofMinutes(2));
        for (int i = 0; i < 10; i++) {
            flow = new Flow(flow.arrivals() + 1, flow.ended() + 1, flow.busyNanos());
            plan(0, 20);
        }
        assertEquals(100, memory.perSecond(), 1e-6);
        pass(Duration.ofMillis(100));
        plan(0, 20);
        assertEquals(100, memory.perSecond(), 1e-6, "what came meanwhile is counted when time goes on");
    }

    @Test
    void goesOnMeasuringWhenTheClockJumpsBack() {
        load(100, 200, Duration.ofMinutes(2));
        pass(Duration.ofHours(-1));
        load(100, 200, Duration.ofSeconds(1));
        assertEquals(100, memory.perSecond(), 5);
        assertEquals(5, memory.desired());
    }

    @Test
    void isAPureFunction() {
        load(100, 200, Duration.ofMinutes(1));
        Memory before = memory;
        Observation busy = new Observation(7, 90, 90, 0, 0, 5, 0, 0, new Flow(9_000, 8_000, 7));
        pass(TICK);
        Memory first = planner.plan(busy, before, 0, now);
        planner.plan(Books.of(0, 0, 0, 0, 0, 0, 0), before, 0, now + 1_000_000_000);
        assertEquals(first, planner.plan(busy, before, 0, now));
    }
}
