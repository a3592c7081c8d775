package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.SimplePlanner.Memory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        return plan(load, memory.desired());
    }

    private int plan(Observation load, int open) {
        Observation observation = Books.of(load.pending(), load.running(), load.peakRunning(), 0, 0, open, 0);
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

    /** Lets demand grow until there are that many, and the steps that it took be given back. */
    private void settle(int desired) {
        int running = (int) (desired / 1.2 * 5);
        assertEquals(desired, planner.wanted(load(0, running)), "choose another number");
        while (plan(load(0, running)) < desired) {
            pass(2_000);
        }
        pass(60_000);
        assertEquals(desired, plan(load(0, running)));
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
    void leavesZeroAtOnceButByFiveAtMost() {
        assertEquals(1, plan(load(1, 0)));
        memory = planner.begin();
        assertEquals(5, plan(load(2_000, 0)));
    }

    @Test
    void takesFiveStepsOutInABurstThenOneEachTwoSeconds() {
        assertEquals(5, plan(load(2_000, 0)));
        assertEquals(List.of(10, 15, 20, 27, 36, 36, 36), planEach50Millis(load(2_000, 0), 7));
        // The first step comes back 2 s after it was made; 33 % of 20 are 7, of 27 are 9, of 36 are 12, of 48 are 16.
        pass(2_000 - 6 * 50 - 1);
        assertEquals(36, plan(load(2_000, 0)));
        pass(1);
        assertEquals(48, plan(load(2_000, 0)));
        pass(1_999);
        assertEquals(48, plan(load(2_000, 0)));
        pass(1);
        assertEquals(64, plan(load(2_000, 0)));
    }

    @Test
    void stopsOutAtWhatIsWanted() {
        assertEquals(5, plan(load(0, 30)));
        pass(50);
        assertEquals(8, plan(load(0, 30)));
        assertEquals(List.of(8, 8), planEach50Millis(load(0, 30), 2));
    }

    @Test
    void waits300MillisecondsBeforeAStepIn() {
        settle(6);
        assertEquals(6, plan(load(0, 5)));
        pass(299);
        assertEquals(6, plan(load(0, 5)));
        pass(1);
        assertEquals(2, plan(load(0, 5)));
    }

    @Test
    void countsTheDelayAnewWhenTheLoadWasBackMeanwhile() {
        settle(6);
        plan(load(0, 5));
        pass(200);
        plan(load(0, 25));
        pass(100);
        assertEquals(6, plan(load(0, 5)));
        pass(299);
        assertEquals(6, plan(load(0, 5)));
        pass(1);
        assertEquals(2, plan(load(0, 5)));
    }

    @Test
    void takesNoStepInWhileARequestWaits() {
        settle(6);
        planEach50Millis(load(1, 5), 20);
        assertEquals(6, memory.desired());
        assertEquals(6, plan(load(0, 5)));
        pass(299);
        assertEquals(6, plan(load(0, 5)));
        pass(1);
        assertEquals(2, plan(load(0, 5)));
    }

    @Test
    void goesInByFiveOrAThirdAndTwiceInABurst() {
        settle(120);
        List<Integer> desired = planEach50Millis(load(0, 5), 100);
        List<Integer> distinct = desired.stream().distinct().toList();
        // 120 - 40, 80 - 27, then one each 2 s: 53 - 18, 35 - 12
        assertEquals(List.of(120, 80, 53, 35, 23), distinct);
    }

    @Test
    void goesToZeroAtOnceWhenNothingRanFor300Milliseconds() {
        settle(120);
        assertEquals(120, plan(load(0, 0)));
        pass(299);
        assertEquals(120, plan(load(0, 0)));
        pass(1);
        assertEquals(0, plan(load(0, 0)));
    }

    @Test
    void seesShortRequestsByTheirPeak() {
        settle(6);
        assertEquals(List.of(6, 6, 6, 6, 6, 6, 6, 6, 6, 6), planEach50Millis(load(0, 0, 25), 10));
    }

    @Test
    void keepsOneInstanceForALoneRequestNowAndThen() {
        settle(6);
        List<Integer> desired = planEach50Millis(load(0, 0, 1), 400);
        assertEquals(1, desired.get(desired.size() - 1));
    }

    @Test
    void doesNotTakeOneQuietMomentForSilence() {
        settle(120);
        planEach50Millis(load(0, 5), 20);
        assertEquals(53, memory.desired(), "both steps in of the burst are made");
        planEach50Millis(load(0, 0), 6);
        assertEquals(53, memory.desired(), "to zero after 250 ms without a request");
        planEach50Millis(load(0, 0), 1);
        assertEquals(0, memory.desired());
    }

    @Test
    void stepsInAlsoWhenQuietAndBusyMomentsAlternate() {
        settle(120);
        for (int i = 0; i < 1_000; i++) {
            planEach50Millis(load(0, i % 2), 1);
        }
        assertEquals(1, memory.desired());
    }

    @Test
    void doesNotReplaceThoseWhoLeftWhileFewerWouldDo() {
        settle(6);
        assertEquals(3, plan(load(0, 5), 3), "three left for want of work");
        assertEquals(2, plan(load(0, 5), 1), "two are wanted");
        assertEquals(0, plan(load(0, 0), 0));
    }

    @Test
    void replacesThoseWhoLeftWhileTheyAreWanted() {
        settle(6);
        assertEquals(6, plan(load(0, 25), 3));
        assertEquals(6, plan(load(1, 5), 3), "a request waits");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 400_000_000, -400_000_000, Long.MIN_VALUE, 0})
    void decidesTheSameAcrossTheOverflowOfTheClock(long epoch) {
        now = epoch;
        takesFiveStepsOutInABurstThenOneEachTwoSeconds();
        memory = planner.begin();
        now = epoch;
        assertEquals(5, plan(load(0, 25)));
        pass(50);
        assertEquals(6, plan(load(0, 25)));
        plan(load(0, 5));
        pass(300);
        assertEquals(2, plan(load(0, 5)));
    }

    @Test
    void doesNothingRashWhenTheClockGoesBackwards() {
        plan(load(2_000, 0));
        planEach50Millis(load(2_000, 0), 5);
        assertEquals(36, memory.desired());
        pass(-100_000);
        assertEquals(36, plan(load(2_000, 0)));
        assertEquals(36, plan(load(0, 5)));
        pass(-100_000);
        assertEquals(36, plan(load(0, 5)));
        // It goes on as if time had only just begun.
        pass(100_000 + 300);
        assertTrue(plan(load(0, 5)) < 36);
    }

    @Test
    void isAPureFunction() {
        settle(20);
        Memory before = memory;
        Memory first = planner.plan(load(7, 90), before, 0, now);
        planner.plan(load(0, 0), before, 0, now + 1_000_000_000);
        assertEquals(first, planner.plan(load(7, 90), before, 0, now));
    }
}
