package io.lambdadispatch.router.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Keeps a function that cannot be started from being invoked in a tight loop: after each failure the next attempt waits
 * longer, up to a limit, and is made alone. Changed on its {@link Fleet}'s scheduler only; any thread may ask.
 */
final class Backoff {
    private static final long BASE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int DOUBLINGS = 7;

    private final DoubleSupplier random;

    /** {@code null} while nothing fails: what only a failing function needs goes away with the failure. */
    private volatile Failing failing;

    private record Failing(int failures, long failedAtNanos, long notBeforeNanos) {
        long remainingNanos(long nowNanos) {
            return Math.max(0, notBeforeNanos - nowNanos);
        }
    }

    /**
     * @param random 0 to 1, spreads the attempts of many routers
     */
    Backoff(DoubleSupplier random) {
        this.random = random;
    }

    /** Several instances that fail for one reason at one time count once. */
    void failed(long nowNanos) {
        Failing before = failing;
        if (before != null && before.remainingNanos(nowNanos) > 0) {
            return;
        }
        int failures = before == null ? 0 : before.failures();
        long longest = Math.min(LIMIT_NANOS, BASE_NANOS << Math.min(failures, DOUBLINGS));
        long delay = (long) (longest * (0.5 + random.getAsDouble() / 2));
        failing = new Failing(failures + 1, nowNanos, nowNanos + delay);
    }

    /**
     * An instance called back. One that was started before the last failure proves nothing: where AWS throttles, those below
     * the limit open while those above it fail.
     */
    void succeeded(long startedAtNanos) {
        Failing before = failing;
        if (before != null && startedAtNanos - before.failedAtNanos() >= 0) {
            failing = null;
        }
    }

    /** An instance that served has left: its place can be tried at once. */
    void placeIsFree(long nowNanos) {
        Failing before = failing;
        if (before != null) {
            failing = new Failing(before.failures(), before.failedAtNanos(), nowNanos);
        }
    }

    boolean isFailing() {
        return failing != null;
    }

    /**
     * How many of the wanted starts may be made.
     *
     * @param starting instances that are starting already
     */
    int permitted(int wanted, int starting, long nowNanos) {
        Failing now = failing;
        if (now == null) {
            return wanted;
        }
        boolean isProbeDue = starting == 0 && now.remainingNanos(nowNanos) == 0;
        return isProbeDue ? Math.min(wanted, 1) : 0;
    }

    /** Time until the next attempt, in ns; 0 when there is nothing to wait for. */
    long remainingNanos(long nowNanos) {
        Failing now = failing;
        return now == null ? 0 : now.remainingNanos(nowNanos);
    }
}
