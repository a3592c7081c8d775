package io.lambdadispatch.router.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Matches requests with channels: the books of one pool, under one lock, which is that of its {@link Roster}.
 *
 * <p>Every event (a request came or left, a channel came or went, an exchange ended, an instance was added, drained or
 * died) is one method, here or in the Roster, that takes the lock, changes the books at a cost that does not grow with the number of requests,
 * channels or instances, and returns at most a decision. The caller, {@link Pool}, acts on it outside the lock, so the lock
 * is never held over I/O or a callback, and no event can deadlock with another. There is no matching thread and no tentative
 * state: after each event the books are consistent, and these hold:
 *
 * <ol>
 *   <li>While a request waits, no open instance has both a free slot and an idle channel. It follows that an event can make
 *       at most one match possible, so each event makes at most one.
 *   <li>Requests leave the queue in order of arrival; one that is retried gets its old place back.
 *   <li>No instance runs more than its maximum.
 *   <li>A request is assigned, refused or cancelled, once. What comes too late finds the state changed and does nothing.
 * </ol>
 *
 * <p>The end of an exchange names both the request and the channel: a channel may have got another request since, and a request
 * another channel. Instances that come and leave are the Roster's: they make no match possible, and take none back.
 */
final class Dispatcher {
    private final Roster roster;
    private final int maxQueued;

    @GuardedBy("roster.lock")
    private final RequestQueue queue = new RequestQueue();

    @GuardedBy("roster.lock")
    private long arrivals;

    @GuardedBy("roster.lock")
    private boolean closed;

    @GuardedBy("roster.lock")
    private boolean abandoned;

    /**
     * @param roster the instances, with the lock that guards these books too
     * @param maxQueued requests that may wait
     */
    Dispatcher(Roster roster, int maxQueued) {
        this.roster = roster;
        this.maxQueued = maxQueued;
    }

    /** What became of a submitted request. */
    enum Admission {
        ASSIGNED,
        QUEUED,
        QUEUE_FULL,
        CLOSED
    }

    Admission submit(PendingRequest request, long nowNanos) {
        synchronized (roster.lock) {
            if (closed) {
                request.state = PendingRequest.State.ENDED;
                return Admission.CLOSED;
            }
            request.sequence = arrivals++;
            request.arrivedAtNanos = nowNanos;
            LambdaInstance instance = roster.slots.least();
            if (instance != null) {
                roster.slots.assign(request, instance, nowNanos);
                return Admission.ASSIGNED;
            }
            if (queue.size() >= maxQueued) {
                request.state = PendingRequest.State.ENDED;
                return Admission.QUEUE_FULL;
            }
            request.state = PendingRequest.State.QUEUED;
            request.hasWaited = true;
            queue.append(request);
            return Admission.QUEUED;
        }
    }

    /**
     * What follows from a request that comes back.
     *
     * @param accepted false when nobody is served any more
     * @param matched the request that can be served now, assigned already, which may be another one; or {@code null}
     */
    record Resubmission(boolean accepted, PendingRequest matched) {}

    /**
     * A request whose first instance failed it, safe to be sent again, goes back to where it stood, in one step with the end
     * of its channel: nobody who came later gets the slot that comes free.
     */
    Resubmission resubmit(PendingRequest request, long nowNanos) {
        synchronized (roster.lock) {
            if (request.state != PendingRequest.State.ASSIGNED) {
                throw new IllegalStateException("retry of a request that is " + request.state);
            }
            Channel broken = request.channel;
            if (broken.isOf(request)) {
                roster.slots.end(broken, nowNanos);
            }
            request.channel = null;
            if (abandoned) {
                request.state = PendingRequest.State.ENDED;
                return new Resubmission(false, matchFirst(nowNanos));
            }
            request.state = PendingRequest.State.QUEUED;
            request.hasWaited = true;
            queue.restore(request);
            return new Resubmission(true, matchFirst(nowNanos));
        }
    }

    /** The user left. False when the request was not waiting any more: whoever has it ends it. */
    boolean cancel(PendingRequest request) {
        synchronized (roster.lock) {
            if (request.state != PendingRequest.State.QUEUED) {
                return false;
            }
            queue.remove(request);
            request.state = PendingRequest.State.ENDED;
            return true;
        }
    }

    /** Takes the next request out whose time ran out, or {@code null}; the queue's order is the order of their deadlines. */
    PendingRequest takeOverdue(long nowNanos, long timeoutNanos) {
        synchronized (roster.lock) {
            PendingRequest first = queue.first();
            if (first == null || nowNanos - first.arrivedAtNanos < timeoutNanos) {
                return null;
            }
            return takeFirst();
        }
    }

    @GuardedBy("roster.lock")
    private PendingRequest takeFirst() {
        PendingRequest first = queue.first();
        if (first != null) {
            queue.remove(first);
            first.state = PendingRequest.State.ENDED;
        }
        return first;
    }

    /** No request is taken in from now on; those that wait are still served. */
    void close() {
        synchronized (roster.lock) {
            closed = true;
        }
    }

    /** Closes, unless there is work or an instance. */
    boolean closeIfDormant() {
        synchronized (roster.lock) {
            boolean isDormant = snapshot().isDormant();
            closed |= isDormant;
            return isDormant;
        }
    }

    /** Takes the next request out that will not be served any more, or {@code null}. From now on none is queued, not even again. */
    PendingRequest abandonNext() {
        synchronized (roster.lock) {
            closed = true;
            abandoned = true;
            return takeFirst();
        }
    }

    /**
     * What follows from a channel that an instance opened.
     *
     * @param accepted false when the instance is to have no more of them
     * @param first whether the instance was starting until now
     * @param matched the request that can be served now, assigned already, or {@code null}
     */
    record Opening(boolean accepted, boolean first, PendingRequest matched) {
        private static final Opening REFUSED = new Opening(false, false, null);
        private static final Opening PARKED = new Opening(true, false, null);
    }

    Opening open(Channel channel, long nowNanos) {
        synchronized (roster.lock) {
            LambdaInstance instance = channel.instance;
            boolean first = instance.state == LambdaInstance.State.STARTING;
            if (first) {
                roster.opens(instance, nowNanos);
            }
            if (instance.state != LambdaInstance.State.OPEN) {
                channel.state = Channel.State.CLOSED;
                return Opening.REFUSED;
            }
            roster.slots.park(channel);
            PendingRequest matched = matchFirst(nowNanos);
            return matched == null && !first ? Opening.PARKED : new Opening(true, first, matched);
        }
    }

    /** An idle channel broke. False when it was not idle any more: its exchange finds out by itself. */
    boolean lose(Channel channel) {
        synchronized (roster.lock) {
            if (channel.state != Channel.State.IDLE) {
                return false;
            }
            roster.slots.lose(channel);
            return true;
        }
    }

    /**
     * The exchange of this request in this channel is over, and the channel with it.
     *
     * @param isAnswered whether the instance has answered, to the end
     * @return the request that can be served in its place, assigned already, or {@code null}
     */
    PendingRequest release(PendingRequest request, Channel channel, boolean isAnswered, long nowNanos) {
        synchronized (roster.lock) {
            if (!channel.isOf(request)) {
                return null;
            }
            if (isAnswered) {
                answered(request, channel.instance);
            }
            roster.slots.end(channel, nowNanos);
            return matchFirst(nowNanos);
        }
    }

    /** What became of a channel that could take another request. An enum, because the commonest way of all allocates nothing. */
    enum Parking {
        /** The assignment had ended before. */
        OVER,
        /** Its instance gets nothing new: it is closed. */
        DISMISSED,
        /** Nobody waits. */
        IDLE,
        /** The first in the queue has it, and is to be started. */
        TAKEN
    }

    /**
     * The instance has answered this request in this channel, to the end, and the channel is whole: it is parked again. Whoever waits
     * does so because nothing else can serve, so it is this very channel that the first in the queue gets.
     */
    Parking reuse(PendingRequest request, Channel channel, long nowNanos) {
        synchronized (roster.lock) {
            if (!channel.isOf(request)) {
                return Parking.OVER;
            }
            answered(request, channel.instance);
            if (channel.instance.state != LambdaInstance.State.OPEN) {
                // A slot of an instance that gets nothing new makes no match possible.
                roster.slots.end(channel, nowNanos);
                return Parking.DISMISSED;
            }
            roster.slots.reuse(channel, nowNanos);
            return matchFirst(nowNanos) == null ? Parking.IDLE : Parking.TAKEN;
        }
    }

    @GuardedBy("roster.lock")
    private void answered(PendingRequest request, LambdaInstance instance) {
        request.state = PendingRequest.State.ENDED;
        instance.answered++;
    }

    /** The open instance that can be missed most easily, or {@code null} when every one of them is busy to the brim. */
    LambdaInstance leastBusy() {
        synchronized (roster.lock) {
            return roster.slots.least();
        }
    }

    /** The books as they are. */
    Observation snapshot() {
        synchronized (roster.lock) {
            return new Observation(
                    queue.size(),
                    roster.slots.running(),
                    roster.slots.peakRunning(),
                    roster.slots.idle(),
                    roster.count(LambdaInstance.State.STARTING),
                    roster.count(LambdaInstance.State.OPEN),
                    roster.expiring(),
                    roster.count(LambdaInstance.State.DRAINING),
                    roster.slots.flow(arrivals));
        }
    }

    /** The books as they are; a new peak is counted from here on. */
    Observation observeAndResetPeak() {
        synchronized (roster.lock) {
            Observation observation = snapshot();
            roster.slots.resetPeak();
            return observation;
        }
    }

    @GuardedBy("roster.lock")
    private PendingRequest matchFirst(long nowNanos) {
        PendingRequest request = queue.first();
        LambdaInstance instance = request == null ? null : roster.slots.least();
        if (instance == null) {
            return null;
        }
        queue.remove(request);
        roster.slots.assign(request, instance, nowNanos);
        return request;
    }
}
