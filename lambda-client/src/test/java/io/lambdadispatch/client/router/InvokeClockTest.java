package io.lambdadispatch.client.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lambdadispatch.client.io.Ticker;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InvokeClockTest {
    private static final long BEGIN = Instant.parse("2026-01-05T23:59:58.250Z").toEpochMilli();

    private long now = ThreadLocalRandom.current().nextLong();
    private final InvokeClock clock = new InvokeClock(new ManualTicker(), BEGIN);

    private final class ManualTicker implements Ticker {
        @Override
        public long now() {
            return now;
        }

        @Override
        public AutoCloseable start(Runnable tick) {
            return () -> {};
        }

        @Override
        public void close() {}
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void theDateIsExactToTheSecond() {
        assertEquals("Mon, 05 Jan 2026 23:59:58 GMT", clock.date());
        pass(749);
        assertSame(clock.date(), clock.date());
        assertEquals("Mon, 05 Jan 2026 23:59:58 GMT", clock.date());
        pass(1);
        assertEquals("Mon, 05 Jan 2026 23:59:59 GMT", clock.date());
        pass(1_000);
        assertEquals("Tue, 06 Jan 2026 00:00:00 GMT", clock.date());
    }

    @Test
    void momentsToComeAreOnTheSameClock() {
        long leaveAt = now + TimeUnit.SECONDS.toNanos(885);
        pass(5_000);
        assertEquals(BEGIN + 885_000, clock.millisAt(leaveAt));
    }
}
