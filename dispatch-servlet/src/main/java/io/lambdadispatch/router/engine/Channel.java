package io.lambdadispatch.router.engine;

/**
 * One HTTP/2 stream that an instance opened to take requests: only one where the peer ends it with the response, or one after
 * another where both sides leave it whole ({@link Pool#reuse}). All fields belong to the lock of the pool's {@link Roster};
 * the callbacks are called outside any lock, on any thread.
 */
public abstract class Channel {
    /**
     * <pre>
     *            ┌─── reuse ───┐
     *            ▼             │
     * NEW ────▶ IDLE ──────▶ BUSY
     *  │         │             │
     *  └─────────┴─────────────┴──▶ CLOSED
     * </pre>
     *
     * A channel that is closed never comes back, so a request gets the same channel at most once: the two of them name one
     * assignment.
     */
    enum State {
        NEW,
        IDLE,
        BUSY,
        CLOSED
    }

    final LambdaInstance instance;
    State state = State.NEW;

    /** Whose it is; {@code null} unless it is busy. */
    PendingRequest request;

    long assignedAtNanos;
    Channel previous;
    Channel next;

    protected Channel(LambdaInstance instance) {
        this.instance = instance;
    }

    /** Whether that request has it. A report of its end that comes late, when another one may have it, is told by this. */
    final boolean isOf(PendingRequest candidate) {
        return state == State.BUSY && request == candidate;
    }

    /** The instance that opened it. */
    public final LambdaInstance instance() {
        return instance;
    }

    /** The instance is to stop: it is told through this channel, which nobody will use any more. */
    protected abstract void goAway();

    /** The instance is dead: what still runs in this channel cannot end by itself. What has ended meanwhile need not care. */
    protected abstract void abort();
}
