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
 * app is no idleness, however long it thinks. And has ends look again at which nothing moves.
 *
 * <p>All relays that run are linked through themselves, so that joining and leaving cost the same however many there are, and
 * nothing is allocated. One look at all of them, every two seconds, does in the place of a timer each. Thread-safe.
 */
public final class IdleWatch {
    private static final int LOOKS_PER_TIMEOUT = 4;
    private static final long LONGEST_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How long a user who has the response already may go on to send the request. */
    private static final long LONGEST_LINGER_NANOS = TimeUnit.SECONDS.toNanos(30);

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
        for (Relay relay : suspects()) {
            if (isOverdue(relay)) {
                relay.userIdle();
            } else {
                relay.lookAgain();
            }
        }
        if (goesOn()) {
            scheduler.schedule(this::look, periodNanos);
        }
    }

    private synchronized boolean isOverdue(Relay relay) {
        return relay.idleNanos >= timeoutNanos || relay.lingeredNanos >= LONGEST_LINGER_NANOS;
    }

    private synchronized boolean goesOn() {
        isLooking = first != null;
        return isLooking;
    }

    /** Those in which nothing has moved since the last look, or that linger. */
    private synchronized List<Relay> suspects() {
        long now = clock.nanoTime();
        // When it was this router that stood still, that was no user's fault.
        long elapsed = Math.min(now - lookedAtNanos, 2 * periodNanos);
        lookedAtNanos = now;
        List<Relay> suspects = new ArrayList<>();
        for (Relay relay = first; relay != null; relay = relay.next) {
            boolean hasMoved = relay.takeMoved();
            relay.idleNanos = hasMoved || !relay.waitsForUser() ? 0 : relay.idleNanos + elapsed;
            relay.lingeredNanos = relay.lingers() ? relay.lingeredNanos + elapsed : 0;
            if (!hasMoved || relay.lingers()) {
                suspects.add(relay);
            }
        }
        return suspects;
    }
}
