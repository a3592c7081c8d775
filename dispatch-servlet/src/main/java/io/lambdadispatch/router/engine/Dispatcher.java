package io.lambdadispatch.router.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Matches requests with channels: the books of one pool, under one lock.
 *
 * <p>Every event (a request came or left, a channel came or went, an exchange ended, an instance was added, drained or
 * died) is one method that takes the lock, changes the books at a cost that does not grow with the number of requests,
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
 * <p>A channel in {@code BUSY} stays in its instance's books until its exchange has ended, also when the instance has
 * died meanwhile: counts are never set, only moved by the transitions themselves. An end names both the request and the
 * channel: a channel may have got another request since, and a request another channel.
 */
final class Dispatcher {
    private final Object lock = new Object();
    private final int maxQueued;

    @GuardedBy("lock")
    private final RequestQueue queue = new RequestQueue();

    @GuardedBy("lock")
    private final InstanceSelector selector;

    @GuardedBy("lock")
    private final Map<String, LambdaInstance> instances = new HashMap<>();

    @GuardedBy("lock")
    private final Map<LambdaInstance.State, Integer> instancesByState = new EnumMap<>(LambdaInstance.State.class);

    @GuardedBy("lock")
    private long arrivals;

    @GuardedBy("lock")
    private long ended;

    @GuardedBy("lock")
    private long busyNanos;

    @GuardedBy("lock")
    private int expiring;

    @GuardedBy("lock")
    private int running;

    @GuardedBy("lock")
    private int peakRunning;

    @GuardedBy("lock")
    private int idleChannels;

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private boolean abandoned;

    /**
     * @param maxRunning requests that one instance runs at once
     * @param maxQueued requests that may wait
     */
    Dispatcher(int maxRunning, int maxQueued) {
        this.selector = new InstanceSelector(maxRunning);
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
        synchronized (lock) {
            if (closed) {
                request.state = PendingRequest.State.ENDED;
                return Admission.CLOSED;
            }
            request.sequence = arrivals++;
            request.arrivedAtNanos = nowNanos;
            LambdaInstance instance = selector.least();
            if (instance != null) {
                assign(request, instance, nowNanos);
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
        synchronized (lock) {
            if (request.state != PendingRequest.State.ASSIGNED) {
                throw new IllegalStateException("retry of a request that is " + request.state);
            }
            Channel broken = request.channel;
            if (broken.isOf(request)) {
                free(broken, nowNanos);
                broken.state = Channel.State.CLOSED;
                selector.update(broken.instance);
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
        synchronized (lock) {
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
        synchronized (lock) {
            PendingRequest first = queue.first();
            if (first == null || nowNanos - first.arrivedAtNanos < timeoutNanos) {
                return null;
            }
            return takeFirst();
        }
    }

    @GuardedBy("lock")
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
        synchronized (lock) {
            closed = true;
        }
    }

    /** Closes, unless there is work or an instance. */
    boolean closeIfDormant() {
        synchronized (lock) {
            boolean isDormant = snapshot().isDormant();
            closed |= isDormant;
            return isDormant;
        }
    }

    /** Takes the next request out that will not be served any more, or {@code null}. From now on none is queued, not even again. */
    PendingRequest abandonNext() {
        synchronized (lock) {
            closed = true;
            abandoned = true;
            return takeFirst();
        }
    }

    void add(LambdaInstance instance) {
        synchronized (lock) {
            instances.put(instance.id(), instance);
            instancesByState.merge(instance.state, 1, Integer::sum);
        }
    }

    /** An instance that may open channels, or is about to finish; {@code null} when it is unknown or dead. */
    LambdaInstance find(String instanceId) {
        synchronized (lock) {
            return instances.get(instanceId);
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
        synchronized (lock) {
            LambdaInstance instance = channel.instance;
            boolean first = instance.state == LambdaInstance.State.STARTING;
            if (first) {
                move(instance, LambdaInstance.State.OPEN);
                instance.wasOpen = true;
                instance.openedAtNanos = nowNanos;
            }
            if (instance.state != LambdaInstance.State.OPEN) {
                channel.state = Channel.State.CLOSED;
                return Opening.REFUSED;
            }
            PendingRequest matched = park(channel, nowNanos);
            return matched == null && !first ? Opening.PARKED : new Opening(true, first, matched);
        }
    }

    /** An idle channel broke. False when it was not idle any more: its exchange finds out by itself. */
    boolean lose(Channel channel) {
        synchronized (lock) {
            if (channel.state != Channel.State.IDLE) {
                return false;
            }
            unpark(channel);
            channel.state = Channel.State.CLOSED;
            selector.update(channel.instance);
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
        synchronized (lock) {
            if (!channel.isOf(request)) {
                return null;
            }
            free(channel, nowNanos);
            if (isAnswered) {
                answered(request, channel.instance);
            }
            channel.state = Channel.State.CLOSED;
            selector.update(channel.instance);
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
        synchronized (lock) {
            if (!channel.isOf(request)) {
                return Parking.OVER;
            }
            LambdaInstance instance = channel.instance;
            free(channel, nowNanos);
            answered(request, instance);
            if (instance.state != LambdaInstance.State.OPEN) {
                // A slot of an instance that gets nothing new makes no match possible.
                channel.state = Channel.State.CLOSED;
                return Parking.DISMISSED;
            }
            return park(channel, nowNanos) == null ? Parking.IDLE : Parking.TAKEN;
        }
    }

    @GuardedBy("lock")
    private void answered(PendingRequest request, LambdaInstance instance) {
        request.state = PendingRequest.State.ENDED;
        instance.answered++;
    }

    @GuardedBy("lock")
    private PendingRequest park(Channel channel, long nowNanos) {
        LambdaInstance instance = channel.instance;
        channel.state = Channel.State.IDLE;
        instance.idle.push(channel);
        idleChannels++;
        selector.update(instance);
        return matchFirst(nowNanos);
    }

    /** The slot is free. What becomes of the channel, and of its instance's place in the selector, is the caller's to say. */
    @GuardedBy("lock")
    private void free(Channel channel, long nowNanos) {
        LambdaInstance instance = channel.instance;
        channel.request = null;
        instance.busy.remove(channel);
        instance.running--;
        running--;
        ended++;
        busyNanos += Math.max(0, nowNanos - channel.assignedAtNanos);
    }

    /** The instance will leave soon. False when it is not open, or is known to. */
    boolean markExpiring(LambdaInstance instance) {
        synchronized (lock) {
            if (instance.state != LambdaInstance.State.OPEN || instance.isExpiring) {
                return false;
            }
            instance.isExpiring = true;
            expiring++;
            return true;
        }
    }

    boolean isExpiring(LambdaInstance instance) {
        synchronized (lock) {
            return instance.isExpiring;
        }
    }

    /**
     * The instance is to get nothing new.
     *
     * @return its idle channels, closed already, through which it is to be told; empty when it was draining before
     */
    Optional<List<Channel>> drain(LambdaInstance instance) {
        synchronized (lock) {
            if (instance.state != LambdaInstance.State.STARTING && instance.state != LambdaInstance.State.OPEN) {
                return Optional.empty();
            }
            move(instance, LambdaInstance.State.DRAINING);
            return Optional.of(unparkAll(instance));
        }
    }

    /**
     * What is left of an instance.
     *
     * @param wasOpen whether it ever opened a channel
     * @param wasDraining whether it was to get no more requests, for whatever reason
     * @param answered requests that it has answered
     * @param parked its idle channels, closed already
     */
    record Ending(boolean wasOpen, boolean wasDraining, long answered, List<Channel> parked) {}

    /** The instance's invoke is over; empty when it was before. */
    Optional<Ending> end(LambdaInstance instance) {
        synchronized (lock) {
            if (instance.state == LambdaInstance.State.CLOSED) {
                return Optional.empty();
            }
            boolean wasDraining = instance.state == LambdaInstance.State.DRAINING;
            move(instance, LambdaInstance.State.CLOSED);
            instances.remove(instance.id());
            return Optional.of(new Ending(instance.wasOpen, wasDraining, instance.answered, unparkAll(instance)));
        }
    }

    /** Notes whom to tell when nothing runs on the instance any more. False when nothing does already. */
    boolean awaitDrained(LambdaInstance instance, Runnable whenDrained) {
        synchronized (lock) {
            if (instance.busy.isEmpty()) {
                return false;
            }
            Runnable earlier = instance.whenDrained;
            instance.whenDrained = earlier == null
                    ? whenDrained
                    : () -> {
                        earlier.run();
                        whenDrained.run();
                    };
            return true;
        }
    }

    /** Whom to tell that nothing runs on the instance any more, once; {@code null} while something does. */
    Runnable takeWhenDrained(LambdaInstance instance) {
        synchronized (lock) {
            if (!instance.busy.isEmpty()) {
                return null;
            }
            Runnable whenDrained = instance.whenDrained;
            instance.whenDrained = null;
            return whenDrained;
        }
    }

    /** Channels of the instance in which an exchange runs. */
    List<Channel> busyChannels(LambdaInstance instance) {
        synchronized (lock) {
            return instance.busy.toList();
        }
    }

    /** Whether an instance that was started at that moment or later has answered a request. */
    boolean hasAnsweredSince(long startedAtNanos) {
        synchronized (lock) {
            for (LambdaInstance instance : instances.values()) {
                if (instance.answered > 0 && instance.startedAtNanos() - startedAtNanos >= 0) {
                    return true;
                }
            }
            return false;
        }
    }

    LambdaInstance.State stateOf(LambdaInstance instance) {
        synchronized (lock) {
            return instance.state;
        }
    }

    /** All instances that are not closed. */
    List<LambdaInstance> instances() {
        synchronized (lock) {
            return new ArrayList<>(instances.values());
        }
    }

    /** Each of them at this moment, in no order: as long a look as there are instances, for people only. */
    List<InstanceView> view(long nowNanos) {
        synchronized (lock) {
            List<InstanceView> views = new ArrayList<>(instances.size());
            for (LambdaInstance instance : instances.values()) {
                views.add(instance.view(nowNanos));
            }
            return views;
        }
    }

    /** The open instance that can be missed most easily, or {@code null} when every one of them is busy to the brim. */
    LambdaInstance leastBusy() {
        synchronized (lock) {
            return selector.least();
        }
    }

    /** The books as they are. */
    Observation snapshot() {
        synchronized (lock) {
            return new Observation(
                    queue.size(),
                    running,
                    peakRunning,
                    idleChannels,
                    count(LambdaInstance.State.STARTING),
                    count(LambdaInstance.State.OPEN),
                    expiring,
                    count(LambdaInstance.State.DRAINING),
                    new Observation.Flow(arrivals, ended, busyNanos));
        }
    }

    @GuardedBy("lock")
    private int count(LambdaInstance.State state) {
        return instancesByState.getOrDefault(state, 0);
    }

    /** The books as they are; a new peak is counted from here on. */
    Observation observeAndResetPeak() {
        synchronized (lock) {
            Observation observation = snapshot();
            peakRunning = running;
            return observation;
        }
    }

    @GuardedBy("lock")
    private PendingRequest matchFirst(long nowNanos) {
        PendingRequest request = queue.first();
        LambdaInstance instance = request == null ? null : selector.least();
        if (instance == null) {
            return null;
        }
        queue.remove(request);
        assign(request, instance, nowNanos);
        return request;
    }

    @GuardedBy("lock")
    private void assign(PendingRequest request, LambdaInstance instance, long nowNanos) {
        Channel channel = instance.idle.pop();
        idleChannels--;
        channel.state = Channel.State.BUSY;
        channel.request = request;
        channel.assignedAtNanos = nowNanos;
        instance.busy.push(channel);
        instance.running++;
        running++;
        peakRunning = Math.max(peakRunning, running);
        selector.update(instance);
        request.state = PendingRequest.State.ASSIGNED;
        request.channel = channel;
    }

    @GuardedBy("lock")
    private void move(LambdaInstance instance, LambdaInstance.State next) {
        instancesByState.merge(instance.state, -1, Integer::sum);
        if (instance.isExpiring) {
            instance.isExpiring = false;
            expiring--;
        }
        instance.state = next;
        instancesByState.merge(next, 1, Integer::sum);
    }

    @GuardedBy("lock")
    private void unpark(Channel channel) {
        channel.instance.idle.remove(channel);
        idleChannels--;
    }

    @GuardedBy("lock")
    private List<Channel> unparkAll(LambdaInstance instance) {
        List<Channel> parked = instance.idle.toList();
        for (Channel channel : parked) {
            unpark(channel);
            channel.state = Channel.State.CLOSED;
        }
        selector.update(instance);
        return parked;
    }
}
