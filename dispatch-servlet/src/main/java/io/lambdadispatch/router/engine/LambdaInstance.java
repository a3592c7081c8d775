package io.lambdadispatch.router.engine;

import java.util.OptionalLong;

/**
 * One invoke of the function that is to open channels. Each part of it has one owner: identity never changes, the books belong to
 * the lock of the pool's {@link Roster}, {@link Reports} may come from any thread, and the {@link Vigil} is the fleet's alone.
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

    /** What it says and shows of itself. */
    final Reports reports = new Reports();

    /** How it is looked after. */
    final Vigil vigil = new Vigil();

    // The books, from here on, belong to the roster's lock

    State state = State.STARTING;

    /** Whether it ever opened a channel; also read without the lock. */
    volatile boolean wasOpen;

    /** Means nothing before that. */
    long openedAtNanos;

    /** Whether it is open, and about to leave at its deadline. */
    boolean isExpiring;

    /** Requests that it has answered, to the end. */
    long answered;

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

    /** Whether it has said when it is going to leave by itself. Any thread. */
    public boolean knowsWhenItLeaves() {
        return reports.leavesAtNanos().isPresent();
    }

    /** Whether it has called back. Any thread. */
    public boolean hasOpened() {
        return wasOpen;
    }

    /** It has answered what cannot be passed on; true the first time. Any thread. */
    public boolean answersBadlyAtFirst() {
        return reports.answersBadlyAtFirst();
    }

    /** Something came from the instance: it is alive. Cheap enough to be called for each piece; any thread. */
    public void heard() {
        reports.heard();
    }

    /** As it is at this moment. */
    InstanceView view(long nowNanos) {
        OptionalLong leavesAt = reports.leavesAtNanos();
        return new InstanceView(
                id,
                state,
                isExpiring,
                running,
                idle.size(),
                answered,
                nowNanos - startedAtNanos,
                leavesAt.isPresent() ? OptionalLong.of(leavesAt.getAsLong() - nowNanos) : OptionalLong.empty());
    }

    @Override
    public String toString() {
        return id + " " + state + " running=" + running + " idle=" + idle.size() + " busy=" + busy.size();
    }
}
