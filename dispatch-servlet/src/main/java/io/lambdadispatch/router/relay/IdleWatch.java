package io.lambdadispatch.router.relay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lambdadispatch.router.engine.Clock;
import io.lambdadispatch.router.engine.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Cuts off users who hold a relay up: who neither send the body that they have announced nor take the answer. Waiting for the
 * app is no idleness, however long it thinks. And notices what nobody was told of, users who have left and bytes that have come,
 * which containers that are not ours let happen.
 *
 * <p>All relays that run are linked through themselves, so that joining and leaving cost the same however many there are, and
 * nothing is allocated. One look at all of them, every two seconds, does in the place of a timer each. Thread-safe.
 */
public final class IdleWatch {
    private static final int LOOKS_PER_TIMEOUT = 4;
    private static final long LONGEST_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final long timeoutNanos;
    private final long periodNanos;
    private final Scheduler scheduler;
    private final Clock clock;

    @GuardedBy("this")
    private Relay first;

    @GuardedBy("this")
    private boolean isLooking;

    @GuardedBy("this")
    private long lookedAtNanos;

    /**
     * @param timeout how long not a byte may move while the user is waited for
     */
    public IdleWatch(Duration timeout, Scheduler scheduler, Clock clock) {
        this.timeoutNanos = timeout.toNanos();
        this.periodNanos = Math.min(timeoutNanos / LOOKS_PER_TIMEOUT, LONGEST_PERIOD_NANOS);
        this.scheduler = scheduler;
        this.clock = clock;
    }

    void add(Relay relay) {
        boolean isFirst;
        synchronized (this) {
            relay.next = first;
            if (first != null) {
                first.previous = relay;
            }
            first = relay;
            relay.isWatched = true;
            isFirst = !isLooking;
            if (isFirst) {
                isLooking = true;
                lookedAtNanos = clock.nanoTime();
            }
        }
        if (isFirst) {
            scheduler.schedule(this::look, periodNanos);
        }
    }

    /** A second call does nothing. */
    synchronized void remove(Relay relay) {
        if (!relay.isWatched) {
            return;
        }
        relay.isWatched = false;
        if (relay.previous == null) {
            first = relay.next;
        } else {
            relay.previous.next = relay.next;
        }
        if (relay.next != null) {
            relay.next.previous = relay.previous;
        }
        relay.previous = null;
        relay.next = null;
    }

    private void look() {
        for (Relay relay : still()) {
            if (relay.exchange().hasUserLeftUnnoticed()) {
                relay.end(Ending.USER_GONE);
            } else if (isIdle(relay)) {
                relay.end(Ending.USER_IDLE);
            } else {
                relay.remindContainers();
            }
        }
        if (goesOn()) {
            scheduler.schedule(this::look, periodNanos);
        }
    }

    private synchronized boolean isIdle(Relay relay) {
        return relay.idleNanos >= timeoutNanos;
    }

    private synchronized boolean goesOn() {
        isLooking = first != null;
        return isLooking;
    }

    /** Those in which nothing has moved since the last look. */
    private synchronized List<Relay> still() {
        long now = clock.nanoTime();
        // When it was this router that stood still, that was no user's fault.
        long elapsed = Math.min(now - lookedAtNanos, 2 * periodNanos);
        lookedAtNanos = now;
        List<Relay> still = new ArrayList<>();
        for (Relay relay = first; relay != null; relay = relay.next) {
            boolean hasMoved = relay.takeMoved();
            relay.idleNanos = hasMoved || !relay.waitsForUser() ? 0 : relay.idleNanos + elapsed;
            if (!hasMoved) {
                still.add(relay);
            }
        }
        return still;
    }
}
