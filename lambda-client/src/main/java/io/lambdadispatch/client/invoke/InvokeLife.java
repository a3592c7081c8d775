package io.lambdadispatch.client.invoke;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lambdadispatch.protocol.ExitReason;
import java.util.concurrent.TimeUnit;

/**
 * When an invoke opens channels, closes, waits and ends: its rules without any I/O or clock. Each event is one method that
 * changes the books under a short lock and returns what to do next, which the caller does after the lock is let go. Thread-safe:
 * events come from the reactor, the timer and the shutdown hook.
 */
final class InvokeLife {
    /**
     * <pre>
     * OPENING ──first channel up──▶ SERVING ──idle, deadline, go away, refused, app gone──▶ CLOSING ──answered──▶ DRAINING
     *    └──────────────────────────────┴──── lost, out of time ───────────────┴──────────▶ ENDED ◀──────────────────┘
     * </pre>
     * OPENING and SERVING open channels; CLOSING waits for the router's answer to {@code close}; DRAINING waits for requests
     * in flight, for the end of that answer, which a router may hold back until it has passed on what it got from here, and
     * a moment for parked channels, because one may just have got a request.
     */
    enum State {
        OPENING,
        SERVING,
        CLOSING,
        DRAINING,
        ENDED
    }

    /** What the caller has to do now. */
    enum Action {
        NOTHING,
        SEND_CLOSE,
        STOP_PARKED,
        END
    }

    /** Nothing up within this time is a router that accepts connections, but does not work. */
    static final long FIRST_CHANNEL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A router that has not read the word yet may still send requests: nobody leaves before it has, unless it is lost. */
    static final long CLOSE_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How long the books may take to close when the app's process is gone: whatever it answered is there, or lost. */
    static final long APP_DIED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long a parked channel may still get a request that the router had on its way. */
    static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final InvokeTimes times;
    private final long begunAt;

    @GuardedBy("this")
    private State state = State.OPENING;

    /** Of this state; only CLOSING and DRAINING use it. */
    @GuardedBy("this")
    private long since;

    @GuardedBy("this")
    private long lastActive;

    @GuardedBy("this")
    private int open;

    @GuardedBy("this")
    private int inFlight;

    @GuardedBy("this")
    private long requests;

    @GuardedBy("this")
    private boolean stopped;

    @GuardedBy("this")
    private boolean routerDrained;

    @GuardedBy("this")
    private boolean appGone;

    @GuardedBy("this")
    private boolean appDied;

    @GuardedBy("this")
    private long appDiedAt;

    @GuardedBy("this")
    private ExitReason reason;

    /** @param now when it begins to connect: later than the invoke, by as long as that had to wait for its app */
    InvokeLife(InvokeTimes times, long now) {
        this.times = times;
        this.begunAt = now;
        this.lastActive = now;
    }

    /** Whether a channel may be opened now; if so, it counts as open from here on. */
    synchronized boolean open() {
        if (state != State.OPENING && state != State.SERVING) {
            return false;
        }
        open++;
        return true;
    }

    /** A channel that counts as open is parked at the router. */
    synchronized void channelUp(long now) {
        if (state == State.OPENING) {
            state = State.SERVING;
            lastActive = now;
        }
    }

    synchronized void requestBegan(long now) {
        inFlight++;
        requests++;
        lastActive = now;
    }

    /** The request is over, and its channel waits for the next one. */
    synchronized Action requestServed(long now) {
        inFlight--;
        lastActive = now;
        Action action = next(now);
        return action == Action.NOTHING && state == State.DRAINING && stopped ? Action.STOP_PARKED : action;
    }

    /** The request is over, and with it its channel. */
    synchronized Action requestEnded(long now) {
        inFlight--;
        open--;
        lastActive = now;
        return next(now);
    }

    /** What came was no request but the word to stop. */
    synchronized Action goAway(long now) {
        requests--;
        inFlight--;
        open--;
        Action action = leave(ExitReason.ROUTER_GO_AWAY, now);
        return action == Action.NOTHING ? next(now) : action;
    }

    /** A channel ended before a request came. */
    synchronized Action channelLost(long now) {
        open--;
        return next(now);
    }

    synchronized void problem(ExitReason seen) {
        reason = ExitReason.worse(reason, seen);
    }

    /** Nobody listens on the app's port: what can be finished is, then the invoke fails. */
    synchronized Action appGone(long now) {
        appGone = true;
        return leave(ExitReason.APP_CONNECTION_ERROR, now);
    }

    /** The app's process has ended: nothing can be finished, and nobody is kept waiting for it. */
    synchronized Action appDied(long now) {
        if (!appDied) {
            appDied = true;
            appDiedAt = now;
        }
        return appGone(now);
    }

    /** This side wants to leave, or the router wants it to: nothing more is opened. */
    synchronized Action leave(ExitReason why, long now) {
        if (state != State.OPENING && state != State.SERVING) {
            return Action.NOTHING;
        }
        problem(why);
        enter(State.CLOSING, now);
        return Action.SEND_CLOSE;
    }

    /** The router takes no more of this instance, or does not answer. */
    synchronized Action closeAnswered(long now) {
        if (state == State.CLOSING) {
            enter(State.DRAINING, now);
        }
        return next(now);
    }

    /** The router needs nothing more of this instance's connections. */
    synchronized Action routerDrained(long now) {
        routerDrained = true;
        return next(now);
    }

    /** The router is lost, so whatever is still open fails by itself. */
    synchronized Action lost(ExitReason why) {
        if (state == State.ENDED) {
            return Action.NOTHING;
        }
        if (state != State.DRAINING || open > 0) {
            problem(why);
        }
        return end();
    }

    /** Time has passed. */
    synchronized Action tick(long now) {
        if (state != State.ENDED && now - times.abortAt() >= 0) {
            problem(ExitReason.SELF_DEADLINE);
            return end();
        }
        if (state != State.ENDED && appDied && now - appDiedAt >= APP_DIED_NANOS) {
            return end();
        }
        return switch (state) {
            case OPENING -> now - begunAt > FIRST_CHANNEL_NANOS ? lost(ExitReason.ROUTER_UNREACHABLE) : byDeadline(now);
            case SERVING -> {
                boolean idle = inFlight == 0 && now - lastActive >= times.graceNanos();
                yield idle ? leave(ExitReason.SELF_LAST_ACTIVE, now) : byDeadline(now);
            }
            case CLOSING -> {
                if (now - since <= CLOSE_ANSWER_NANOS) {
                    yield Action.NOTHING;
                }
                routerDrained = true;
                yield closeAnswered(now);
            }
            case DRAINING -> next(now);
            case ENDED -> Action.NOTHING;
        };
    }

    @GuardedBy("this")
    private Action byDeadline(long now) {
        return now - times.leaveAt() >= 0 ? leave(ExitReason.SELF_DEADLINE, now) : Action.NOTHING;
    }

    @GuardedBy("this")
    private Action next(long now) {
        if (state != State.DRAINING) {
            return Action.NOTHING;
        }
        boolean lingered = now - since >= LINGER_NANOS;
        if (routerDrained && (open == 0 || (inFlight == 0 && lingered))) {
            return end();
        }
        if (lingered && !stopped) {
            stopped = true;
            return Action.STOP_PARKED;
        }
        return Action.NOTHING;
    }

    @GuardedBy("this")
    private Action end() {
        state = State.ENDED;
        return Action.END;
    }

    @GuardedBy("this")
    private void enter(State next, long now) {
        state = next;
        since = now;
    }

    /** Whether the router has called it its own, and the last answer is not out yet. */
    synchronized boolean isConnected() {
        return state == State.SERVING || state == State.CLOSING || state == State.DRAINING;
    }

    synchronized boolean isServing() {
        return state == State.SERVING;
    }

    synchronized long requests() {
        return requests;
    }

    synchronized boolean isAppGone() {
        return appGone;
    }

    /** The worst reason seen. */
    synchronized ExitReason reason() {
        return reason;
    }

    @Override
    public synchronized String toString() {
        return "InvokeLife[" + state + ", open " + open + ", in flight " + inFlight + ", requests " + requests
                + ", reason " + reason + ']';
    }
}
