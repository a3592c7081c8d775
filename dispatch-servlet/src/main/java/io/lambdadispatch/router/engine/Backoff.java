package io.lambdadispatch.router.engine;

import io.lambdadispatch.router.engine.InvokeOutcome.Failed;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Keeps a function that cannot be started from being invoked in a tight loop: after each failure the next attempt waits
 * longer, up to a limit, and is made alone. Changed on its {@link Fleet}'s scheduler only; any thread may ask.
 *
 * <pre>
 *    ┌────────────────────── proved ◀──────────────────────┐
 *    ▼                                                     │
 *  (none) ──failed──▶ WAITING ──an instance called back──▶ RECOVERING
 *                      ▲   │ ▲                             │
 *                      └───┘ └──────────── failed ─────────┘
 *                      failed
 * </pre>
 *
 * While recovering, everything may be started again; but how often it has failed is forgotten only when an instance has
 * answered a request, lest one that opens and dies at once be taken for a success each time.
 */
final class Backoff {
    private static final long BASE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int DOUBLINGS = 7;

    private final DoubleSupplier random;

    /** {@code null} while nothing fails: what only a failing function needs goes away with the failure. */
    private volatile Failing failing;

    private record Failing(Failed last, int failures, long failedAtNanos, long notBeforeNanos, boolean isRecovering) {
        long remainingNanos(long nowNanos) {
            return isRecovering ? 0 : Math.max(0, notBeforeNanos - nowNanos);
        }

        Failing recovering() {
            return new Failing(last, failures, failedAtNanos, notBeforeNanos, true);
        }

        /** An attempt that is made out of turn says nothing of how long it has failed: should it fail, the delay stays as it is. */
        Failing outOfTurn(long nowNanos) {
            return new Failing(last, failures - 1, failedAtNanos, nowNanos, isRecovering);
        }
    }

    /**
     * @param random 0 to 1, spreads the attempts of many routers
     */
    Backoff(DoubleSupplier random) {
        this.random = random;
    }

    /**
     * Several instances that fail at one time count once.
     *
     * @return whether that is news: nothing failed until now, or for another reason
     */
    boolean failed(Failed how, long nowNanos) {
        Failing before = failing;
        boolean isNews = before == null || before.last().reason() != how.reason();
        if (before != null && before.remainingNanos(nowNanos) > 0) {
            failing = new Failing(how, before.failures(), before.failedAtNanos(), before.notBeforeNanos(), false);
            return isNews;
        }
        int failures = before == null ? 0 : before.failures();
        long longest = Math.min(LIMIT_NANOS, BASE_NANOS << Math.min(failures, DOUBLINGS));
        long delay = (long) (longest * (0.5 + random.getAsDouble() / 2));
        failing = new Failing(how, failures + 1, nowNanos, nowNanos + delay, false);
        return isNews;
    }

    /**
     * An instance called back. One that was started before the last failure proves nothing: where AWS throttles, those below
     * the limit open while those above it fail.
     */
    void succeeded(long startedAtNanos) {
        Failing before = failing;
        if (before != null && startedAtNanos - before.failedAtNanos() >= 0) {
            failing = before.recovering();
        }
    }

    /**
     * Since when an instance must have been started to prove by an answer that nothing fails any more; empty unless it is
     * recovering.
     */
    OptionalLong provableSince() {
        Failing now = failing;
        return now != null && now.isRecovering() ? OptionalLong.of(now.failedAtNanos()) : OptionalLong.empty();
    }

    /** Nothing fails any more. */
    void proved() {
        failing = null;
    }

    /** An instance that served has left: its place can be tried at once. */
    void placeIsFree(long nowNanos) {
        Failing before = failing;
        if (before != null && before.remainingNanos(nowNanos) > 0) {
            failing = before.outOfTurn(nowNanos);
        }
    }

    /** Whether instances are not started as wanted. */
    boolean isFailing() {
        Failing now = failing;
        return now != null && !now.isRecovering();
    }

    /** How the latest start failed, as long as it is not known that starts succeed again. */
    Optional<Failed> lastFailure() {
        Failing now = failing;
        return now == null ? Optional.empty() : Optional.of(now.last());
    }

    /** Whether trying again cannot help until somebody changes something. */
    boolean isHopeless() {
        Failing now = failing;
        return now != null && !now.isRecovering() && now.last().reason() == Reason.NOT_FOUND;
    }

    /**
     * How many of the wanted starts may be made.
     *
     * @param starting instances that are starting already
     */
    int permitted(int wanted, int starting, long nowNanos) {
        Failing now = failing;
        if (now == null || now.isRecovering()) {
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
