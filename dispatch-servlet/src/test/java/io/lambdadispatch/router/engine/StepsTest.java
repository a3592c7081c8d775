package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepsTest {
    private static final long DELAY_NANOS = Duration.ofMillis(300).toNanos();

    private Steps steps = Steps.NONE;
    private long now = new FakeTime().nanoTime();

    /** What there is to be at this moment, while there are as many as there were to be. */
    private int step(int wanted) {
        return step(wanted, 0, steps.desired());
    }

    private int stepWhileOneWaits(int wanted) {
        return step(wanted, 1, steps.desired());
    }

    private int step(int wanted, int pending, int open) {
        steps = steps.toward(wanted, Books.of(pending, 0, 0, 0, 0, open, 0), DELAY_NANOS, now);
        return steps.desired();
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    /** What there was to be each 50 ms. */
    private List<Integer> stepEach50Millis(int wanted, int looks) {
        List<Integer> desired = new ArrayList<>();
        for (int i = 0; i < looks; i++) {
            pass(50);
            desired.add(step(wanted));
        }
        return desired;
    }

    /** So many are wanted until there are that many, and the steps that it took are given back. */
    private void settle(int desired) {
        while (step(desired) < desired) {
            pass(2_000);
        }
        pass(60_000);
        assertEquals(desired, step(desired));
    }

    // Out

    @Test
    void leavesZeroAtOnceButByFiveAtMost() {
        assertEquals(1, step(1));
        steps = Steps.NONE;
        assertEquals(5, step(120));
    }

    @Test
    void takesFiveStepsOutInABurstThenOneEachTwoSeconds() {
        assertEquals(5, step(120));
        assertEquals(List.of(10, 15, 20, 27, 36, 36, 36), stepEach50Millis(120, 7));
        // The first step comes back 2 s after it was made; 33 % of 20 are 7, of 27 are 9, of 36 are 12, of 48 are 16.
        pass(2_000 - 6 * 50 - 1);
        assertEquals(36, step(120));
        pass(1);
        assertEquals(48, step(120));
        pass(1_999);
        assertEquals(48, step(120));
        pass(1);
        assertEquals(64, step(120));
    }

    @Test
    void stopsOutAtWhatIsWanted() {
        assertEquals(5, step(8));
        assertEquals(List.of(8, 8, 8), stepEach50Millis(8, 3));
    }

    @Test
    void doesNotOverflow() {
        for (int i = 0; i < 100; i++) {
            pass(2_000);
            assertTrue(step(Integer.MAX_VALUE) > 0);
        }
        assertEquals(Integer.MAX_VALUE, steps.desired());
    }

    // In

    @Test
    void waits300MillisecondsBeforeAStepIn() {
        settle(6);
        assertEquals(6, step(2));
        pass(299);
        assertEquals(6, step(2));
        pass(1);
        assertEquals(2, step(2));
    }

    @Test
    void countsTheDelayAnewWhenTheLoadWasBackMeanwhile() {
        settle(6);
        step(2);
        pass(200);
        step(6);
        pass(100);
        assertEquals(6, step(2));
        pass(299);
        assertEquals(6, step(2));
        pass(1);
        assertEquals(2, step(2));
    }

    @Test
    void takesNoStepInWhileARequestWaits() {
        settle(6);
        for (int i = 0; i < 20; i++) {
            pass(50);
            assertEquals(6, stepWhileOneWaits(2));
        }
        assertEquals(6, step(2));
        pass(299);
        assertEquals(6, step(2));
        pass(1);
        assertEquals(2, step(2));
    }

    @Test
    void goesInByFiveOrAThirdAndTwiceInABurst() {
        settle(120);
        List<Integer> distinct = stepEach50Millis(2, 100).stream().distinct().toList();
        // 120 - 40, 80 - 27, then one each 2 s: 53 - 18, 35 - 12
        assertEquals(List.of(120, 80, 53, 35, 23), distinct);
    }

    @Test
    void goesToZeroAtOnceWhenNoneWasWantedFor300Milliseconds() {
        settle(120);
        assertEquals(120, step(0));
        pass(299);
        assertEquals(120, step(0));
        pass(1);
        assertEquals(0, step(0));
    }

    @Test
    void doesNotTakeOneQuietMomentForSilence() {
        settle(120);
        stepEach50Millis(2, 20);
        assertEquals(53, steps.desired(), "both steps in of the burst are made");
        stepEach50Millis(0, 6);
        assertEquals(53, steps.desired(), "to zero after 250 ms without a request");
        stepEach50Millis(0, 1);
        assertEquals(0, steps.desired());
    }

    @Test
    void stepsInAlsoWhenQuietAndBusyMomentsAlternate() {
        settle(120);
        IntStream.range(0, 1_000).forEach(i -> stepEach50Millis(i % 2, 1));
        assertEquals(1, steps.desired());
    }

    // Those who leave by themselves

    @Test
    void doesNotReplaceThoseWhoLeftWhileFewerWouldDo() {
        settle(6);
        assertEquals(3, step(2, 0, 3), "three left for want of work");
        assertEquals(2, step(2, 0, 1), "two are wanted");
        assertEquals(0, step(0, 0, 0));
    }

    @Test
    void replacesThoseWhoLeftWhileTheyAreWanted() {
        settle(6);
        assertEquals(6, step(6, 0, 3));
        assertEquals(6, step(2, 1, 3), "a request waits");
    }

    @Test
    void replacesThoseWhoLeaveAgainAndAgainNoFasterThanItStepsOut() {
        settle(40);
        int started = 0;
        for (int i = 0; i < 20 * 60; i++) {
            pass(50);
            started += step(40, 0, 20) - 20;
        }
        // Of 20 a third are 7: five steps in a burst, then one each 2 s, the first of them when 2 s have passed.
        assertEquals((5 + 29) * 7, started);
    }

    @Test
    void takesNoStepToReplaceThoseWhoSayThatTheyWillLeave() {
        settle(6);
        for (int i = 0; i < 100; i++) {
            pass(50);
            Observation oneExpires = new Observation(0, 25, 25, 0, 0, 6, 1, 0, Observation.Flow.NONE);
            steps = steps.toward(6, oneExpires, DELAY_NANOS, now);
            assertEquals(6, steps.desired());
        }
        assertEquals(0, steps.out().spent());
    }

    // When not all can be had

    @Test
    void countsNoStepThatCouldNotBeMade() {
        Steps before = steps;
        for (int i = 0; i < 1_000; i++) {
            pass(50);
            Steps decided = steps.toward(120, Books.of(1, 0, 0, 0, 0, 2, 0), DELAY_NANOS, now);
            steps = decided.withheld(steps, 2);
        }
        assertEquals(2, steps.desired());
        assertEquals(before.out().spent(), steps.out().spent());
    }

    // The clock

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 400_000_000, -400_000_000, Long.MIN_VALUE, 0})
    void decidesTheSameAcrossTheOverflowOfTheClock(long epoch) {
        now = epoch;
        takesFiveStepsOutInABurstThenOneEachTwoSeconds();
        steps = Steps.NONE;
        now = epoch;
        assertEquals(5, step(6));
        pass(50);
        assertEquals(6, step(6));
        step(2);
        pass(300);
        assertEquals(2, step(2));
    }

    @Test
    void doesNothingRashWhenTheClockGoesBackwards() {
        step(120);
        stepEach50Millis(120, 5);
        assertEquals(36, steps.desired());
        pass(-100_000);
        assertEquals(36, step(120));
        assertEquals(36, step(2));
        pass(-100_000);
        assertEquals(36, step(2));
        pass(299);
        assertEquals(36, step(2));
        pass(1);
        assertEquals(24, step(2), "it goes on as if time had only just begun");
    }
}
