package io.lambdadispatch.client.router;

import io.lambdadispatch.client.io.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * The wall clock of one invoke: read once at its begin and carried on by the ticker, so that all that the router is told of
 * times fits together even when the machine's clock is set meanwhile. Thread-safe.
 */
public final class InvokeClock {
    /** A date that holds for one second. */
    private record Told(long second, String date) {}

    private final Ticker ticker;
    private final long begin;
    private final long beginMillis;
    private volatile Told told = new Told(Long.MIN_VALUE, "");

    /** @param millis the wall clock now, in milliseconds since the epoch */
    public InvokeClock(Ticker ticker, long millis) {
        this.ticker = ticker;
        this.begin = ticker.now();
        this.beginMillis = millis;
    }

    /** Milliseconds since the epoch at a moment of the ticker. */
    long millisAt(long nanos) {
        return beginMillis + TimeUnit.NANOSECONDS.toMillis(nanos - begin);
    }

    /** Now, as the {@code Date} field has it: exact to the second. */
    String date() {
        long second = Math.floorDiv(millisAt(ticker.now()), 1_000L);
        Told last = told;
        if (last.second() != second) {
            last = new Told(second, HttpDate.of(second));
            told = last;
        }
        return last.date();
    }
}
