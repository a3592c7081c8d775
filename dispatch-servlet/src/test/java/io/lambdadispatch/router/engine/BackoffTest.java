package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
    private double random = 1;
    private final Backoff backoff = new Backoff(() -> random);
    private long now = new FakeTime().nanoTime();

    private void waitOut() {
        now += backoff.remainingNanos(now);
    }

    private long remainingMillis() {
        return Duration.ofNanos(backoff.remainingNanos(now)).toMillis();
    }

    @Test
    void permitsEverythingWhileNothingFails() {
        assertFalse(backoff.isFailing());
        assertEquals(7, backoff.permitted(7, 0, now));
        assertEquals(7, backoff.permitted(7, 3, now));
        assertEquals(0, backoff.remainingNanos(now));
    }

    @Test
    void doublesTheDelayUpToThirtySeconds() {
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            backoff.failed(now);
            delays.add(remainingMillis());
            waitOut();
        }
        assertEquals(List.of(250L, 500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L, 30000L), delays);
    }

    @Test
    void spreadsTheDelaysOverTheirUpperHalf() {
        random = 0;
        backoff.failed(now);
        assertEquals(125, remainingMillis());
    }

    @Test
    void neverOverflowsHoweverOftenItFails() {
        for (int i = 0; i < 1_000; i++) {
            backoff.failed(now);
            assertTrue(remainingMillis() > 0 && remainingMillis() <= 30_000, "after " + i);
            waitOut();
        }
    }

    @Test
    void countsFailuresOfOneMomentOnce() {
        for (int i = 0; i < 50; i++) {
            backoff.failed(now);
        }
        assertEquals(250, remainingMillis());
        now += Duration.ofMillis(249).toNanos();
        backoff.failed(now);
        assertEquals(1, remainingMillis());
    }

    @Test
    void permitsNothingBeforeTheDelayIsOver() {
        backoff.failed(now);
        now += Duration.ofMillis(250).toNanos() - 1;
        assertEquals(0, backoff.permitted(5, 0, now));
    }

    @Test
    void permitsOneProbeAfterTheDelayAndNoSecondBesideIt() {
        backoff.failed(now);
        waitOut();
        assertEquals(1, backoff.permitted(5, 0, now));
        assertEquals(0, backoff.permitted(5, 1, now));
        assertEquals(0, backoff.permitted(0, 0, now));
    }

    @Test
    void forgetsEverythingAtTheFirstSuccess() {
        for (int i = 0; i < 6; i++) {
            backoff.failed(now);
            waitOut();
        }
        backoff.succeeded(now);
        assertFalse(backoff.isFailing());
        assertEquals(9, backoff.permitted(9, 0, now));
        backoff.failed(now);
        assertEquals(250, remainingMillis());
    }

    @Test
    void doesNotTakeAnInstanceStartedBeforeTheFailureForASuccess() {
        long started = now - 1;
        backoff.failed(now);
        backoff.succeeded(started);
        assertTrue(backoff.isFailing());
        assertEquals(250, remainingMillis());
        backoff.succeeded(now);
        assertFalse(backoff.isFailing());
    }

    @Test
    void permitsOneProbeAtOnceWhenAPlaceIsFree() {
        backoff.failed(now);
        waitOut();
        backoff.failed(now);
        backoff.placeIsFree(now);
        assertTrue(backoff.isFailing());
        assertEquals(1, backoff.permitted(5, 0, now));
        backoff.failed(now);
        assertEquals(1_000, remainingMillis(), "it goes on where it stood");
    }

    @Test
    void changesNothingByAFreePlaceWhileNothingFails() {
        backoff.placeIsFree(now);
        assertFalse(backoff.isFailing());
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 100_000_000, -100_000_000, 0, Long.MIN_VALUE})
    void worksAcrossTheOverflowOfTheClock(long start) {
        now = start;
        backoff.failed(now);
        assertEquals(0, backoff.permitted(1, 0, now));
        assertEquals(250, remainingMillis());
        waitOut();
        assertEquals(1, backoff.permitted(1, 0, now));
    }
}
