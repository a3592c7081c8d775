package io.lambdadispatch.router.engine;

import java.util.List;

/**
 * The channels and slots of a pool's instances: one method for each move of a {@link Channel} between idle, busy and closed, and
 * the counts that follow. Counts are never set, only moved. A busy channel stays in its instance's books until its exchange has
 * ended, also when the instance has died meanwhile. Belongs to the lock of the {@link Roster}.
 */
final class Slots {
    private final InstanceSelector selector;
    private int running;
    private int peakRunning;
    private int idle;
    private long ended;
    private long busyNanos;

    /**
     * @param maxRunning requests that one instance runs at once
     */
    Slots(int maxRunning) {
        this.selector = new InstanceSelector(maxRunning);
    }

    /** The instance that should serve next, with a free slot and an idle channel; {@code null} when there is none. */
    LambdaInstance least() {
        return selector.least();
    }

    /** New to idle. */
    void park(Channel channel) {
        push(channel);
        selector.update(channel.instance);
    }

    /** Idle to busy: the channel that the instance used last. */
    void assign(PendingRequest request, LambdaInstance instance, long nowNanos) {
        Channel channel = instance.idle.pop();
        idle--;
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

    /** Busy to closed. */
    void end(Channel channel, long nowNanos) {
        free(channel, nowNanos);
        channel.state = Channel.State.CLOSED;
        selector.update(channel.instance);
    }

    /** Busy to idle. */
    void reuse(Channel channel, long nowNanos) {
        free(channel, nowNanos);
        push(channel);
        selector.update(channel.instance);
    }

    /** Idle to closed. */
    void lose(Channel channel) {
        remove(channel);
        selector.update(channel.instance);
    }

    /** All that are idle to closed. */
    List<Channel> closeIdle(LambdaInstance instance) {
        List<Channel> parked = instance.idle.toList();
        parked.forEach(this::remove);
        selector.update(instance);
        return parked;
    }

    private void push(Channel channel) {
        channel.state = Channel.State.IDLE;
        channel.instance.idle.push(channel);
        idle++;
    }

    private void remove(Channel channel) {
        channel.instance.idle.remove(channel);
        idle--;
        channel.state = Channel.State.CLOSED;
    }

    private void free(Channel channel, long nowNanos) {
        LambdaInstance instance = channel.instance;
        channel.request = null;
        instance.busy.remove(channel);
        instance.running--;
        running--;
        ended++;
        busyNanos += Math.max(0, nowNanos - channel.assignedAtNanos);
    }

    // Counts

    /** Requests that have a channel. */
    int running() {
        return running;
    }

    /** The most since the last reset. */
    int peakRunning() {
        return peakRunning;
    }

    void resetPeak() {
        peakRunning = running;
    }

    /** Channels that wait for a request. */
    int idle() {
        return idle;
    }

    Observation.Flow flow(long arrivals) {
        return new Observation.Flow(arrivals, ended, busyNanos);
    }
}
