package io.lambdadispatch.router.engine;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

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

    /** Whether it ever opened a channel; the fleet reads it too, without the lock. */
    volatile boolean wasOpen;

    /** Means nothing before that. */
    long openedAtNanos;

    /** Whether it is open, and about to leave at its deadline. */
    boolean isExpiring;

    /** Requests that it has answered, to the end. */
    long answered;

    /** When it is going to leave by itself at the latest; {@code null} as long as it has not said so. */
    private volatile Long leavesAtNanos;

    /** Whether anything came from it since the fleet looked last. */
    private volatile boolean isHeard = true;

    private final AtomicBoolean hasAnsweredBadly = new AtomicBoolean();

    /** How long nothing has come, as far as the fleet has seen; the fleet's own. */
    long silentNanos;

    /** When its successor is due; the fleet's own. */
    Long replaceAtNanos;

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

    /** Whether it has said when it is going to leave by itself. */
    public boolean knowsWhenItLeaves() {
        return leavesAtNanos != null;
    }

    /** It says when it is going to leave by itself. Any thread. */
    void leavesAt(long nanoTime) {
        leavesAtNanos = nanoTime;
    }

    Long leavesAtNanos() {
        return leavesAtNanos;
    }

    /** Whether it has called back. Any thread. */
    public boolean hasOpened() {
        return wasOpen;
    }

    /** It has answered what cannot be passed on; true the first time. Any thread. */
    public boolean answersBadlyAtFirst() {
        return hasAnsweredBadly.compareAndSet(false, true);
    }

    /** Something came from the instance: it is alive. Cheap enough to be called for each piece; any thread. */
    public void heard() {
        if (!isHeard) {
            isHeard = true;
        }
    }

    /** Whether anything came since the last call. */
    boolean takeHeard() {
        boolean was = isHeard;
        isHeard = false;
        return was;
    }

    /** As it is at this moment. */
    InstanceView view(long nowNanos) {
        Long leavesAt = leavesAtNanos;
        return new InstanceView(
                id,
                state,
                isExpiring,
                running,
                idle.size(),
                answered,
                nowNanos - startedAtNanos,
                leavesAt == null ? OptionalLong.empty() : OptionalLong.of(leavesAt - nowNanos));
    }

    @Override
    public String toString() {
        return id + " " + state + " running=" + running + " idle=" + idle.size() + " busy=" + busy.size();
    }
}
