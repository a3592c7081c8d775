package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.InvokeOutcome.Failed;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
    private static final Failed THROTTLED = new Failed(Reason.THROTTLED, "429");
    private static final Failed DENIED = new Failed(Reason.ACCESS_DENIED, "403");
    private static final Failed NOT_FOUND = new Failed(Reason.NOT_FOUND, "404");

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
            backoff.failed(THROTTLED, now);
            delays.add(remainingMillis());
            waitOut();
        }
        assertEquals(List.of(250L, 500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L, 30000L), delays);
    }

    @Test
    void spreadsTheDelaysOverTheirUpperHalf() {
        random = 0;
        backoff.failed(THROTTLED, now);
        assertEquals(125, remainingMillis());
    }

    @Test
    void neverOverflowsHoweverOftenItFails() {
        for (int i = 0; i < 1_000; i++) {
            backoff.failed(THROTTLED, now);
            assertTrue(remainingMillis() > 0 && remainingMillis() <= 30_000, "after " + i);
            waitOut();
        }
    }

    @Test
    void countsFailuresOfOneMomentOnce() {
        for (int i = 0; i < 50; i++) {
            backoff.failed(THROTTLED, now);
        }
        assertEquals(250, remainingMillis());
        now += Duration.ofMillis(249).toNanos();
        backoff.failed(THROTTLED, now);
        assertEquals(1, remainingMillis());
    }

    @Test
    void permitsNothingBeforeTheDelayIsOver() {
        backoff.failed(THROTTLED, now);
        now += Duration.ofMillis(250).toNanos() - 1;
        assertEquals(0, backoff.permitted(5, 0, now));
    }

    @Test
    void permitsOneProbeAfterTheDelayAndNoSecondBesideIt() {
        backoff.failed(THROTTLED, now);
        waitOut();
        assertEquals(1, backoff.permitted(5, 0, now));
        assertEquals(0, backoff.permitted(5, 1, now));
        assertEquals(0, backoff.permitted(0, 0, now));
    }

    private void failSixTimes() {
        for (int i = 0; i < 6; i++) {
            backoff.failed(THROTTLED, now);
            waitOut();
        }
    }

    @Test
    void permitsEverythingAtTheFirstSuccess() {
        failSixTimes();
        backoff.succeeded(now);
        assertFalse(backoff.isFailing());
        assertEquals(9, backoff.permitted(9, 3, now));
        assertEquals(0, remainingMillis());
    }

    @Test
    void goesOnWhereItStoodWhenASuccessProvesToBeNone() {
        failSixTimes();
        backoff.succeeded(now);
        backoff.failed(THROTTLED, now);
        assertEquals(16_000, remainingMillis());
        assertTrue(backoff.isFailing());
    }

    @Test
    void forgetsEverythingOnceASuccessIsProved() {
        long failedAt = now;
        backoff.failed(THROTTLED, now);
        waitOut();
        assertEquals(OptionalLong.empty(), backoff.provableSince());
        backoff.succeeded(now);
        assertEquals(OptionalLong.of(failedAt), backoff.provableSince());
        assertEquals(Optional.of(THROTTLED), backoff.lastFailure());
        backoff.proved();
        assertEquals(OptionalLong.empty(), backoff.provableSince());
        assertEquals(Optional.empty(), backoff.lastFailure());
        backoff.failed(THROTTLED, now);
        assertEquals(250, remainingMillis());
    }

    @Test
    void tellsWhatIsNews() {
        assertTrue(backoff.failed(THROTTLED, now));
        assertFalse(backoff.failed(THROTTLED, now));
        waitOut();
        assertFalse(backoff.failed(THROTTLED, now));
        assertTrue(backoff.failed(DENIED, now), "another reason");
        assertEquals(Optional.of(DENIED), backoff.lastFailure());
        waitOut();
        backoff.succeeded(now);
        assertFalse(backoff.failed(DENIED, now), "it was not proved to be over");
        backoff.proved();
        assertTrue(backoff.failed(DENIED, now));
    }

    @Test
    void isHopelessWhileTheFunctionDoesNotExist() {
        backoff.failed(THROTTLED, now);
        assertFalse(backoff.isHopeless());
        backoff.failed(NOT_FOUND, now);
        assertTrue(backoff.isHopeless());
        backoff.succeeded(now);
        assertFalse(backoff.isHopeless());
    }

    @Test
    void doesNotTakeAnInstanceStartedBeforeTheFailureForASuccess() {
        long started = now - 1;
        backoff.failed(THROTTLED, now);
        backoff.succeeded(started);
        assertTrue(backoff.isFailing());
        assertEquals(250, remainingMillis());
        backoff.succeeded(now);
        assertFalse(backoff.isFailing());
    }

    @Test
    void permitsOneProbeAtOnceWhenAPlaceIsFree() {
        backoff.failed(THROTTLED, now);
        waitOut();
        backoff.failed(THROTTLED, now);
        backoff.placeIsFree(now);
        assertTrue(backoff.isFailing());
        assertEquals(1, backoff.permitted(5, 0, now));
        backoff.failed(THROTTLED, now);
        assertEquals(500, remainingMillis(), "it goes on where it stood");
    }

    @Test
    void growsNoFasterForPlacesThatComeFreeWhileItFails() {
        for (int i = 0; i < 10; i++) {
            backoff.failed(THROTTLED, now);
            backoff.placeIsFree(now);
        }
        backoff.failed(THROTTLED, now);
        assertEquals(250, remainingMillis());
        waitOut();
        backoff.placeIsFree(now);
        backoff.failed(THROTTLED, now);
        assertEquals(500, remainingMillis(), "this attempt was due anyway");
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
        backoff.failed(THROTTLED, now);
        assertEquals(0, backoff.permitted(1, 0, now));
        assertEquals(250, remainingMillis());
        waitOut();
        assertEquals(1, backoff.permitted(1, 0, now));
    }
}
