package io.lambdadispatch.router.engine;

/**
 * One HTTP/2 stream that an instance opened to take one request. All fields belong to the lock of the pool's
 * {@link Dispatcher}; the callbacks are called outside any lock.
 */
public abstract class Channel {
    /**
     * <pre>
     * NEW ──▶ IDLE ──▶ BUSY ──▶ CLOSED
     *  └──────▶ CLOSED ◀── IDLE
     * </pre>
     */
    enum State {
        NEW,
        IDLE,
        BUSY,
        CLOSED
    }

    final LambdaInstance instance;
    State state = State.NEW;
    long assignedAtNanos;
    Channel previous;
    Channel next;

    protected Channel(LambdaInstance instance) {
        this.instance = instance;
    }

    /** Whether no request was ever in it. */
    final boolean isUnused() {
        return state == State.NEW || state == State.IDLE;
    }

    /** The instance that opened it. */
    public final LambdaInstance instance() {
        return instance;
    }

    /** The instance is to stop: it is told through this channel, which nobody will use any more. */
    protected abstract void goAway();

    /** The instance is dead: what still runs in this channel cannot end by itself. */
    protected abstract void abort();
}
