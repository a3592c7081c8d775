package io.lambdadispatch.router.engine;

/**
 * One invoke of the function that is to open channels. Its books belong to the lock of the pool's {@link Dispatcher}; id and
 * token never change.
 */
public final class LambdaInstance {
    /**
     * <pre>
     * STARTING ──first channel──▶ OPEN ──close asked, by either side──▶ DRAINING
     *     │                        │                                       │
     *     └────────────────────────┴──────────── invoke ended ─────────────┴──▶ CLOSED
     * </pre>
     *
     * A draining instance gets nothing new and finishes what it runs. Counts per state are kept by the one method that
     * changes the state, so they cannot drift.
     */
    public enum State {
        STARTING,
        OPEN,
        DRAINING,
        CLOSED
    }

    private final String id;
    private final String token;
    private final long startedAtNanos;

    State state = State.STARTING;

    /** Whether it ever opened a channel. */
    boolean wasOpen;

    /** To be told when nothing runs any more; also read without the lock, to see whether it is worth taking it. */
    volatile Runnable whenDrained;

    int running;
    final ChannelList idle = new ChannelList();
    final ChannelList busy = new ChannelList();

    /** Place in the {@link InstanceSelector}; -1 when it cannot be selected. */
    int bucket = -1;

    LambdaInstance previous;
    LambdaInstance next;

    LambdaInstance(String id, String token, long startedAtNanos) {
        this.id = id;
        this.token = token;
        this.startedAtNanos = startedAtNanos;
    }

    /** The invoke's {@code Id}. */
    public String id() {
        return id;
    }

    /** The secret that its control requests must carry. */
    public String token() {
        return token;
    }

    long startedAtNanos() {
        return startedAtNanos;
    }

    @Override
    public String toString() {
        return id + " " + state + " running=" + running + " idle=" + idle.size() + " busy=" + busy.size();
    }
}
