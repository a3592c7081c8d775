package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.router.engine.AdaptivePlanner.Memory;
import io.lambdadispatch.router.engine.Observation.Flow;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Ten at a time with a multiplier of 2; a start takes 4 s. */
class AdaptivePlannerTest {
    private static final long STARTUP_NANOS = Duration.ofSeconds(4).toNanos();
    private static final long TICK_NANOS = Duration.ofMillis(50).toNanos();

    private final AdaptivePlanner planner = new AdaptivePlanner(10, 2, Duration.ofSeconds(5));
    private Memory memory = planner.begin();
    private long now = new FakeTime().nanoTime();
    private long arrivals;
    private long ended;
    private long busyNanos;

    private int plan(int pending, int running, int open) {
        Observation observation =
                new Observation(pending, running, running, 0, 0, open, 0, 0, new Flow(arrivals, ended, busyNanos));
        memory = planner.plan(observation, memory, STARTUP_NANOS, now);
        return memory.desired();
    }

    /** So many per tick, each of 200 ms, all of them served at once. */
    private int steady(int perTick, Duration time) {
        int desired = memory.desired();
        for (long passed = 0; passed < time.toNanos(); passed += TICK_NANOS) {
            now += TICK_NANOS;
            arrivals += perTick;
            ended += perTick;
            busyNanos += perTick * Duration.ofMillis(200).toNanos();
            desired = plan(0, 4 * perTick, desired);
        }
        return desired;
    }

    @Test
    void wantsNobodyWhenNothingHappens() {
        assertEquals(0, plan(0, 0, 0));
    }

    @Test
    void startsForABurstWhatServesItInAFifthOfTheStart() {
        arrivals = 200;
        // (200 + 200 / 30 s × 4 s) / 0.8 s + 6.7 per second are 290 per second, of 250 ms each, ten at a time: 7.3.
        assertEquals(8, plan(200, 0, 0));
    }

    @Test
    void startsOneForOne() {
        arrivals = 1;
        assertEquals(1, plan(1, 0, 0));
    }

    @Test
    void startsNoMoreThanWhatWillHaveComeCouldFill() {
        // Requests of a minute each.
        arrivals = 120;
        ended = 20;
        busyNanos = 20 * Duration.ofMinutes(1).toNanos();
        int desired = plan(100, 0, 0);
        // 40 per second, over a short window, are 160 more until a start is over: 260, at five an instance.
        assertEquals(52, desired);
    }

    @Test
    void keepsWhatASteadyLoadNeeds() {
        // 80 per second of 200 ms keep 16 running; at five an instance that wants 4.
        assertEquals(4, steady(4, Duration.ofMinutes(3)));
        for (int i = 0; i < 10; i++) {
            assertEquals(4, steady(4, Duration.ofMinutes(1)));
        }
    }

    @Test
    void goesDownOnlyAfterADelayAndNeverWhileARequestWaits() {
        steady(20, Duration.ofMinutes(2));
        int high = memory.desired();
        arrivals++;
        now += Duration.ofMinutes(5).toNanos();
        assertEquals(high, plan(1, 0, high));
        now += TICK_NANOS;
        assertEquals(high, plan(0, 1, high));
        now += Duration.ofSeconds(4).toNanos();
        assertEquals(high, plan(0, 1, high));
        now += Duration.ofSeconds(2).toNanos();
        assertEquals(1, plan(0, 1, high));
    }

    @Test
    void endsAtZero() {
        steady(4, Duration.ofMinutes(1));
        now += Duration.ofMinutes(10).toNanos();
        plan(0, 0, 4);
        now += Duration.ofSeconds(6).toNanos();
        assertEquals(0, plan(0, 0, 4));
    }

    @Test
    void isHarmedByNoClockThatStandsOrJumpsBack() {
        int desired = steady(4, Duration.ofMinutes(1));
        assertEquals(desired, plan(0, 16, desired));
        now -= Duration.ofHours(1).toNanos();
        assertEquals(desired, plan(0, 16, desired));
        assertEquals(4, steady(4, Duration.ofMinutes(2)));
    }
}
