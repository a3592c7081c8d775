package io.lambdadispatch.router.engine;

/**
 * A user's request as the engine sees it: something that waits for a channel. It knows its own place in the queue, so that
 * leaving it costs the same wherever it stands.
 *
 * <p>All fields belong to the lock of the {@link Roster} of the pool that it was submitted to. The callbacks are called outside any lock, each
 * at most once per {@link Pool#submit} or {@link Pool#retry}.
 */
public abstract class PendingRequest {
    /**
     * <pre>
     * NEW ──▶ QUEUED ──▶ ASSIGNED ──▶ ENDED
     *  │        │            │          ▲
     *  │        └────────────┼──────────┤   left the queue: timed out, user gone
     *  └─────▶ ASSIGNED      └▶ QUEUED ─┘   retry, at the head
     * </pre>
     *
     * One whose assignment is over without a response stays {@code ASSIGNED}: it may still be retried.
     */
    enum State {
        NEW,
        QUEUED,
        ASSIGNED,
        ENDED
    }

    State state = State.NEW;
    long sequence;
    long arrivedAtNanos;
    boolean hasWaited;
    PendingRequest ahead;
    PendingRequest behind;

    /** The latest one; it is this request's as long as {@link Channel#isOf} says so. */
    Channel channel;

    /** Whether it had to wait for its channel; to be asked when it has one, or never will. */
    protected final boolean hasWaited() {
        return hasWaited;
    }

    /** The channel is this request's alone now. Called on the thread that made the match. */
    protected abstract void assigned(Channel channel);

    /** No channel will come. Called on the thread that found out. */
    protected abstract void refused(Refusal why);
}
