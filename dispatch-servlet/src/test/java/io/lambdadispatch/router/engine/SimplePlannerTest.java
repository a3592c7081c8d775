package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.router.engine.SimplePlanner.Memory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ten at a time with a multiplier of 2, so that five running requests are one instance's share. */
class SimplePlannerTest {
    private final SimplePlanner planner = new SimplePlanner(10, 2, SimplePlanner.SCALE_DOWN_DELAY);
    private Memory memory = planner.begin();
    private long now = new FakeTime().nanoTime();

    private static Observation load(int pending, int running) {
        return load(pending, running, running);
    }

    private static Observation load(int pending, int running, int peakRunning) {
        return Books.of(pending, running, peakRunning, 0, 0, 0, 0);
    }

    /** What the planner wants at this moment, while there are as many as it wanted last. */
    private int plan(Observation load) {
        Observation observation =
                Books.of(load.pending(), load.running(), load.peakRunning(), 0, 0, memory.desired(), 0);
        memory = planner.plan(observation, memory, 0, now);
        return memory.desired();
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    /** What the planner wanted each 50 ms. */
    private List<Integer> planEach50Millis(Observation observation, int looks) {
        List<Integer> desired = new ArrayList<>();
        for (int i = 0; i < looks; i++) {
            pass(50);
            desired.add(plan(observation));
        }
        return desired;
    }

    @ParameterizedTest(name = "{0} at a time × {1}: {2} pending and {3} running want {4}")
    @CsvSource({
        "10, 2,    0,   0,   0",
        "10, 2,    1,   0,   1", // 0.05 × 1.2
        "10, 2,    0,   1,   1", // 0.2 × 1.2
        "10, 2,    0,   4,   1", // 0.8 × 1.2 = 0.96
        "10, 2,    0,   5,   2", // 1 × 1.2
        "10, 2,    0,  20,   5", // 4 × 1.2 = 4.8
        "10, 2,    0,  25,   6", // 5 × 1.2 = 6 exactly
        "10, 2,  100,   0,   6", // 5 × 1.2 = 6 exactly
        "10, 2, 2000,   0, 120", // 100 × 1.2
        "10, 2,   20,  15,   5", // (3 + 1) × 1.2 = 4.8
        " 1, 1,    0,   1,   2", // 1 × 1.2
        " 1, 1,    5,   0,   3", // 2.5 × 1.2 = 3 exactly
        " 1, 4,    0,   1,   2", // the share of an instance is never below 1
        "10, 3,    0,   4,   2", // ceil(10 / 3) = 4
        " 3, 2,   30,   0,   6", // 5 × 1.2
    })
    void wantsInstancesInProportion(int maxConcurrent, int multiplier, int pending, int running, int wanted) {
        assertEquals(
                wanted,
                new SimplePlanner(maxConcurrent, multiplier, SimplePlanner.SCALE_DOWN_DELAY)
                        .wanted(load(pending, running)));
    }

    @Test
    void agreesWithExactArithmetic() {
        for (int maxConcurrent = 1; maxConcurrent <= 12; maxConcurrent++) {
            for (int multiplier = 1; multiplier <= 4; multiplier++) {
                SimplePlanner tested = new SimplePlanner(maxConcurrent, multiplier, SimplePlanner.SCALE_DOWN_DELAY);
                int target = (maxConcurrent + multiplier - 1) / multiplier;
                for (int pending = 0; pending < 120; pending++) {
                    for (int running = 0; running < 120; running++) {
                        // (running / target + pending / max / 2) × 6 / 5, over one denominator
                        long numerator = 6 * (running * 2L * maxConcurrent + (long) pending * target);
                        long denominator = 5 * 2L * maxConcurrent * target;
                        long exact = (numerator + denominator - 1) / denominator;
                        int wanted = tested.wanted(load(pending, running));
                        assertEquals(
                                exact,
                                wanted,
                                maxConcurrent + " × " + multiplier + ", " + pending + " pending, " + running
                                        + " running");
                    }
                }
            }
        }
    }

    @Test
    void isFarFromAnyOverflow() {
        int most = 1_000_000;
        assertEquals(60_000, planner.wanted(load(most, 0)));
        assertEquals(240_000, planner.wanted(load(0, most)));
        assertEquals(1_800_000, new SimplePlanner(1, 10, SimplePlanner.SCALE_DOWN_DELAY).wanted(load(most, most)));
    }

    @Test
    void goesThereInSteps() {
        assertEquals(5, plan(load(2_000, 0)));
        assertEquals(List.of(10, 15, 20, 27, 36, 36, 36), planEach50Millis(load(2_000, 0), 7));
    }

    @Test
    void keepsAsManyAsItWantsWhileTheLoadIsTheSame() {
        planEach50Millis(load(0, 25), 100);
        assertEquals(Set.of(6), Set.copyOf(planEach50Millis(load(0, 25), 1_000)));
    }

    @Test
    void waitsItsDelayBeforeItStepsIn() {
        planEach50Millis(load(0, 25), 100);
        assertEquals(List.of(6, 6, 6, 6, 6, 6, 2), planEach50Millis(load(0, 5), 7));
    }

    @Test
    void seesShortRequestsByTheirPeak() {
        planEach50Millis(load(0, 25), 100);
        assertEquals(Set.of(6), Set.copyOf(planEach50Millis(load(0, 0, 25), 10)));
    }

    @Test
    void keepsOneInstanceForALoneRequestNowAndThen() {
        planEach50Millis(load(0, 25), 100);
        List<Integer> desired = planEach50Millis(load(0, 0, 1), 400);
        assertEquals(1, desired.get(desired.size() - 1));
    }

    @Test
    void isAPureFunction() {
        planEach50Millis(load(0, 80), 100);
        Memory before = memory;
        Memory first = planner.plan(load(7, 90), before, 0, now);
        planner.plan(load(0, 0), before, 0, now + 1_000_000_000);
        assertEquals(first, planner.plan(load(7, 90), before, 0, now));
    }
}
