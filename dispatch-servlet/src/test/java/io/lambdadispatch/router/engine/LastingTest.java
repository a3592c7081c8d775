package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LastingTest {
    @ParameterizedTest
    @ValueSource(longs = {0, -50, Long.MAX_VALUE, Long.MAX_VALUE - 50, Long.MIN_VALUE})
    void lastsFromWhenItWasFirstSeen(long epoch) {
        Lasting lasting = Lasting.NOT.seen(true, epoch).seen(true, epoch + 60);
        assertFalse(lasting.lasts(100, epoch + 99));
        assertTrue(lasting.lasts(100, epoch + 100));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -50, Long.MAX_VALUE, Long.MAX_VALUE - 50})
    void beginsAnewAfterABreak(long epoch) {
        Lasting lasting = Lasting.NOT.seen(true, epoch).seen(false, epoch + 60);
        assertEquals(Lasting.NOT, lasting);
        assertFalse(lasting.lasts(0, epoch + 60));
        lasting = lasting.seen(true, epoch + 70);
        assertFalse(lasting.lasts(100, epoch + 169));
        assertTrue(lasting.lasts(100, epoch + 170));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -50, Long.MAX_VALUE, Long.MIN_VALUE + 500})
    void beginsAnewWhenTheClockJumpedBack(long epoch) {
        Lasting lasting = Lasting.NOT.seen(true, epoch);
        assertFalse(lasting.lasts(100, epoch - 1_000));
        lasting = lasting.seen(true, epoch - 1_000);
        assertTrue(lasting.lasts(100, epoch - 900));
    }
}
