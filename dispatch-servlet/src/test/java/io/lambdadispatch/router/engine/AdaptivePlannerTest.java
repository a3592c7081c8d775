package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.AdaptivePlanner.Memory;
import io.lambdadispatch.router.engine.Observation.Flow;
import io.lambdadispatch.router.engine.Traffic.Rate;
import io.lambdadispatch.router.engine.Traffic.Starting;
import io.lambdadispatch.router.engine.Traffic.Work;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten at a time with a multiplier of 2, a start of 4 s, unless said otherwise. */
class AdaptivePlannerTest {
    private static final Duration TICK = Duration.ofMillis(50);

    private AdaptivePlanner planner = planner(10, 2);
    private Memory memory = planner.begin();
    private long now = new FakeTime().nanoTime();
    private Duration startup = Duration.ofSeconds(4);
    private Flow flow = Flow.NONE;

    private static AdaptivePlanner planner(int maxConcurrent, int multiplier) {
        return new AdaptivePlanner(maxConcurrent, multiplier, AdaptivePlanner.SCALE_DOWN_DELAY);
    }

    private int plan(int pending, int running) {
        return plan(pending, running, 0, memory.desired());
    }

    private int plan(int pending, int running, int starting, int open) {
        Observation books = new Observation(pending, running, running, 0, starting, open, 0, 0, flow);
        memory = planner.plan(books, memory, startup.toNanos(), now);
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
            flow = new Flow((long) came, (long) came, 0);
            plan(0, (int) Math.round(perSecond * millis / 1e3));
        }
    }

    // What comes

    @ParameterizedTest(name = "{0} at a time × {1}: {2} per second of {3} ms want {4}")
    @CsvSource({
        "10, 2,  100,   200,  4", // 20 / 5
        "10, 1,  100,   200,  3", // (20 + √20) / 10 = 2.4
        "10, 3,  100,   200,  5", // ceil(10 / 3) = 4: 20 / 4
        " 1, 1,  100,   200, 25", // 20 + √20 = 24.5
        " 1, 4,  100,   200, 25", // the share of an instance is never below 1
        "10, 2, 1000,    50, 10", // 50 / 5
        "10, 1, 1000,    50,  6", // (50 + √50) / 10 = 5.7
        "10, 2,   20,    50,  1", // 1 / 5
        "10, 2,   20,   250,  1", // 5 / 5
        "10, 2,   20,   300,  2", // 6 / 5
        "10, 2,    2, 60000, 24", // 120 / 5
        "10, 1,    2, 60000, 14", // (120 + √120) / 10 = 13.1
    })
    void wantsInstancesByLittlesLaw(int maxConcurrent, int multiplier, double perSecond, double millis, int wanted) {
        planner = planner(maxConcurrent, multiplier);
        load(perSecond, millis, Duration.ofMinutes(5));
        assertEquals(wanted, memory.desired());
    }

    @Test
    void followsARushWithinASecond() {
        load(100, 200, Duration.ofMinutes(2));
        load(400, 200, Duration.ofMillis(250));
        assertTrue(memory.desired() >= 6, "desired " + memory.desired());
        load(400, 200, Duration.ofMillis(750));
        assertTrue(memory.desired() >= 11, "desired " + memory.desired());
        load(400, 200, Duration.ofSeconds(4));
        assertEquals(16, memory.desired());
    }

    @Test
    void doesNotFollowWhatMayBeChance() {
        load(95, 200, Duration.ofMinutes(2));
        load(115, 200, Duration.ofSeconds(1));
        assertEquals(4, memory.desired());
    }

    @Test
    void keepsOneInstanceWhileAnythingRuns() {
        assertEquals(1, plan(1, 0));
        for (int i = 0; i < 10_000; i++) {
            pass(TICK);
            assertEquals(1, plan(0, 1));
        }
    }

    // What waits

    /** Nothing comes any more; it is known how long requests take, and of those that start, for how long they do. */
    private static Memory knowing(double tookMillis, int starting, double startingForMillis) {
        Work work = new Work(1e6, 1e6 * tookMillis * 1e6, 0, 0);
        Starting starts = new Starting(starting, starting * startingForMillis * 1e6);
        Traffic traffic = new Traffic(new Rate(0, 3e10, 0, 0), work, starts, Flow.NONE, 0, true);
        return new Memory(0, traffic, Lasting.NOT, 0, Lasting.NOT);
    }

    @ParameterizedTest(name = "{0} wait, {1} ms each, starts take {2} ms, {3} start for {4} ms, {5} open: {6}")
    @CsvSource({
        // 10 × (1 + 0.75 / 0.2) = 47.5 by each in 0.75 s after 5 s: 200 / 47.5 = 4.2
        "  200,   200, 5000,  0,    0, 0,  5",
        "    1,   200, 5000,  0,    0, 0,  1",
        "   47,   200, 5000,  0,    0, 0,  1",
        "   48,   200, 5000,  0,    0, 0,  2",
        "10000,   200, 5000,  0,    0, 0, 211",
        // The open one begins 10 × 5.75 / 0.2 = 287.5 until then.
        "  200,   200, 5000,  0,    0, 1,  1",
        "  287,   200, 5000,  0,    0, 1,  1",
        "  500,   200, 5000,  0,    0, 1,  6", // (500 - 287.5) / 47.5 = 4.5
        // Those that start are enough, and the sooner they open the more they begin.
        "  200,   200, 5000,  5,    0, 0,  5",
        "  300,   200, 5000,  5,    0, 0,  7", // (300 - 5 × 47.5) / 47.5 = 1.3
        "  300,   200, 5000,  5, 1000, 0,  5", // 5 × 10 × (1 + 1.75 / 0.2) = 487
        // Starts of 0.1 s, so all are to begin in 0.1 s more: 10 × (1 + 0.1 / 0.2) = 15 by each.
        "  200,   200,  100,  0,    0, 0, 14",
        // Nine seconds already, though 100 ms were expected: 1.35 s after it 10 × (1 + 10.35 / 0.2) = 527 by each.
        "  500,   200,  100,  1, 9000, 0,  1",
        // Streams: 10 × (1 + 0.75 / 60) = 10.1 by each.
        "  200, 60000, 5000,  0,    0, 0, 20",
        "  130, 60000, 5000,  0,    0, 7, 20", // (130 - 7 × 10 × 5.75 / 60 = 6.7) / 10.1 = 12.2
    })
    void startsAsManyAsBeginWhatWaitsSoonAfterAStart(
            int pending, double tookMillis, long startMillis, int starting, double forMillis, int open, int wanted) {
        startup = Duration.ofMillis(startMillis);
        memory = knowing(tookMillis, starting, forMillis);
        now = 0;
        assertEquals(wanted, plan(pending, 0, starting, open));
    }

    /** The numbers of the class comment. */
    @Test
    void startsSixFor200AtOnceWhenNothingIsKnown() {
        flow = new Flow(200, 0, 0);
        assertEquals(6, plan(200, 0, 0, 0));
        for (int i = 0; i < 80; i++) {
            pass(TICK);
            assertEquals(6, plan(200, 0, 6, 0));
        }
    }

    @Test
    void doesNotTakeABurstOfStreamsForAFlow() {
        memory = knowing(60_000, 0, 0);
        now = 0;
        flow = new Flow(200, 0, 0);
        // 200 per second would keep 12,000 running; in the 4 s of a start 200 × 4 come: 800 / 5.
        assertTrue(plan(200, 0, 0, 0) <= 160, "desired " + memory.desired());
        for (int i = 0; i < 80; i++) {
            pass(TICK);
            plan(0, 200, 0, memory.desired());
        }
        for (int i = 0; i < 400; i++) {
            pass(TICK);
            plan(0, 200, 0, memory.desired());
        }
        assertEquals(40, memory.desired(), 2, "200 / 5");
    }

    @Test
    void replacesThoseThatExpireWhileSomeWait() {
        memory = knowing(200, 0, 0);
        now = 0;
        Observation books = new Observation(10, 20, 20, 0, 0, 2, 2, 0, Flow.NONE);
        memory = new Memory(2, memory.traffic(), Lasting.NOT, 0, Lasting.NOT);
        memory = planner.plan(books, memory, startup.toNanos(), now);
        assertEquals(2, memory.desired() - books.present(), "successors, and no more");
    }

    // Fewer

    @Test
    void keepsForFiveSecondsWhatItHas() {
        load(100, 200, Duration.ofMinutes(2));
        load(50, 200, Duration.ofSeconds(5));
        assertEquals(4, memory.desired());
        load(50, 200, Duration.ofSeconds(2));
        // What it needed most in those 5 s, when the short window had just shown that it cannot be chance.
        assertEquals(4, memory.desired() + 1);
        load(50, 200, Duration.ofSeconds(60));
        assertEquals(3, memory.desired(), "10 × 1.05 / 5 = 2.1");
    }

    @Test
    void keepsAsManyAsTheBusiestMomentOfTheDelayWanted() {
        load(200, 200, Duration.ofMinutes(2));
        assertEquals(8, memory.desired());
        load(120, 200, Duration.ofSeconds(4));
        load(20, 200, Duration.ofSeconds(2));
        // Fewer did for 5 s, but 120 per second wanted 24 × 1.05 / 5 = 5.04 in them.
        assertTrue(memory.desired() == 6 || memory.desired() == 7, "desired " + memory.desired());
        load(20, 200, Duration.ofSeconds(20));
        assertTrue(memory.desired() <= 2, "desired " + memory.desired());
    }

    @Test
    void countsTheDelayAnewWhenTheLoadWasBackMeanwhile() {
        load(100, 200, Duration.ofMinutes(2));
        for (int i = 0; i < 20; i++) {
            load(50, 200, Duration.ofSeconds(4));
            load(150, 200, Duration.ofSeconds(4));
            assertTrue(memory.desired() >= 4, i + ": " + memory.desired());
        }
    }

    @Test
    void takesNoneAwayWhileARequestWaits() {
        load(100, 200, Duration.ofMinutes(2));
        for (int i = 0; i < 20 * 60; i++) {
            pass(TICK);
            assertTrue(plan(1, 5) >= 4);
        }
    }

    @Test
    void goesToZeroWhenNothingRunsForTheDelayAndTheRateHasFaded() {
        load(100, 200, Duration.ofMinutes(2));
        load(0, 0, Duration.ofSeconds(5));
        assertEquals(4, memory.desired());
        load(0, 0, Duration.ofSeconds(10));
        assertEquals(0, memory.desired());
    }

    @Test
    void letsNothingLinger() {
        plan(1, 0);
        load(0, 0, Duration.ofSeconds(5));
        assertEquals(1, memory.desired());
        load(0, 0, Duration.ofMillis(100));
        assertEquals(0, memory.desired());
    }

    // Those who leave by themselves

    @Test
    void replacesNobodyWhileNothingRuns() {
        load(100, 200, Duration.ofMinutes(2));
        for (int open = 4; open >= 0; open--) {
            pass(TICK);
            assertEquals(open, plan(0, 0, 0, open));
        }
        for (int i = 0; i < 1_000; i++) {
            pass(TICK);
            assertEquals(0, plan(0, 0, 0, 0));
        }
    }

    @Test
    void replacesForFiveSecondsNobodyWhoLeavesWhileTheOthersHaveRoom() {
        load(100, 200, Duration.ofMinutes(2));
        assertEquals(3, plan(0, 20, 0, 3), "20 + √20 are 24.5");
        load(100, 200, Duration.ofMillis(4_900));
        assertEquals(3, memory.desired());
        load(100, 200, Duration.ofMillis(100));
        assertEquals(4, memory.desired());
    }

    @Test
    void replacesAtOnceWhoeverLeavesWhenTheOthersHaveNoRoom() {
        load(100, 200, Duration.ofMinutes(2));
        assertEquals(3, plan(0, 20, 0, 1));
        assertEquals(4, plan(1, 20, 0, 2), "a request waits");
    }

    @Test
    void startsSuccessorsAtOnce() {
        load(100, 200, Duration.ofMinutes(2));
        Observation twoExpire = new Observation(0, 20, 20, 0, 0, 4, 2, 0, flow);
        memory = planner.plan(twoExpire, memory, startup.toNanos(), now);
        assertEquals(4, memory.desired());
        Observation theyLeave = new Observation(0, 20, 20, 0, 0, 4, 0, 2, flow);
        memory = planner.plan(theyLeave, memory, startup.toNanos(), now);
        assertEquals(4, memory.desired());
    }

    // When not all can be had

    @Test
    void wantsThemAgainAndCountsNoStartThatWasNotMade() {
        flow = new Flow(2_000, 0, 0);
        for (int i = 0; i < 100; i++) {
            pass(TICK);
            Memory before = memory;
            assertTrue(plan(2_000, 0, 0, 0) >= 40, "desired " + memory.desired());
            memory = planner.withheld(before, memory, 2);
            assertEquals(2, memory.desired());
            assertEquals(2, memory.traffic().starting().count());
        }
    }

    // The clock

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1_000_000_000, -1_000_000_000, Long.MIN_VALUE, 0})
    void decidesTheSameAcrossTheOverflowOfTheClock(long epoch) {
        now = epoch;
        load(100, 200, Duration.ofMinutes(2));
        assertEquals(4, memory.desired());
        load(20, 200, Duration.ofMinutes(2));
        assertEquals(1, memory.desired());
    }

    @Test
    void goesOnWhenTheClockJumpsBackOrFarAhead() {
        load(100, 200, Duration.ofMinutes(2));
        pass(Duration.ofHours(-1));
        load(100, 200, Duration.ofSeconds(30));
        assertEquals(4, memory.desired());
        pass(Duration.ofHours(3));
        load(100, 200, Duration.ofSeconds(30));
        assertTrue(memory.desired() == 4 || memory.desired() == 5, "desired " + memory.desired());
        pass(Duration.ofHours(-1));
        load(20, 200, Duration.ofSeconds(30));
        assertEquals(1, memory.desired());
    }

    @Test
    void doesNotWaitForTheTimeThatWasBeforeTheClockJumpedBack() {
        load(100, 200, Duration.ofMinutes(2));
        assertEquals(3, plan(0, 20, 0, 3));
        pass(Duration.ofHours(-1));
        load(100, 200, Duration.ofSeconds(6));
        assertEquals(4, memory.desired());
    }

    @Test
    void isAPureFunction() {
        load(100, 200, Duration.ofMinutes(1));
        Memory before = memory;
        Observation busy = new Observation(7, 90, 90, 0, 2, 5, 0, 0, new Flow(9_000, 8_000, 7));
        pass(TICK);
        Memory first = planner.plan(busy, before, 7, now);
        planner.plan(Books.of(0, 0, 0, 0, 0, 0, 0), before, 0, now + 1_000_000_000);
        assertEquals(first, planner.plan(busy, before, 7, now));
    }
}
