package io.lambdadispatch.local.billing;

import java.time.Duration;

/**
 * Measures what AWS bills of one environment: each invoke from its delivery to its end, and the init phase with the first
 * one. Not safe for use by threads.
 */
public final class UsageClock {
    private long beganNanos;
    private boolean began;
    private Duration init = Duration.ZERO;

    /** The init phase begins. */
    public void started() {
        begin();
    }

    /** The init phase is over; tells how long it took. */
    public Duration initialized() {
        init = sinceBegin();
        began = false;
        return init;
    }

    /** The runtime gets an invoke. */
    public void delivered() {
        begin();
    }

    /** How long the runtime has had its invoke. */
    public Duration running() {
        return sinceBegin();
    }

    /** What is to be billed for what ends now: an invoke, or an init phase that never came to its end. */
    public Duration ended() {
        Duration billable = sinceBegin().plus(init);
        began = false;
        init = Duration.ZERO;
        return billable;
    }

    private void begin() {
        beganNanos = System.nanoTime();
        began = true;
    }

    private Duration sinceBegin() {
        return began ? Duration.ofNanos(System.nanoTime() - beganNanos) : Duration.ZERO;
    }
}
