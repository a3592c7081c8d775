package io.lambdadispatch.router.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All that serves one function: the door to the engine. Each method is one event; it changes the books of the
 * {@link Dispatcher} and then does what follows, on the calling thread and outside any lock: a request that found a channel is
 * told so at once, by whoever made the match possible. All methods may be called from any thread and never block.
 */
public final class Pool {
    private final PoolSettings settings;
    private final Roster roster;
    private final Dispatcher dispatcher;
    private final Fleet fleet;
    private final Clock clock;
    private final PoolListener listener;
    private final Trampoline<PendingRequest> starts = new Trampoline<>(matched -> matched.assigned(matched.channel));

    /** When a request came last. */
    private volatile long usedAtNanos;

    public Pool(PoolSettings settings, CapacityPlanner<?> planner, PoolPorts ports) {
        this.settings = settings;
        this.clock = ports.clock();
        this.listener = ports.listener();
        this.roster = new Roster(settings.maxConcurrent());
        this.dispatcher = new Dispatcher(roster, settings.maxQueued());
        this.fleet = new Fleet(settings, roster, dispatcher, planner, ports);
        this.usedAtNanos = clock.nanoTime();
    }

    /** Starts the instances that are kept in any case. Without it they start with the first request. */
    public void start() {
        if (settings.minInstances() > 0) {
            fleet.wake();
        }
    }

    /** The pool's name. */
    public String id() {
        return settings.poolId();
    }

    /** A user's request came. It is assigned, refused, or waits; which of them, it is told by its own methods. */
    public void submit(PendingRequest request) {
        long now = clock.nanoTime();
        usedAtNanos = now;
        switch (dispatcher.submit(request, now)) {
            case ASSIGNED -> start(request);
            case QUEUED -> fleet.wake();
            case QUEUE_FULL -> request.refused(Refusal.QUEUE_FULL);
            case CLOSED -> request.refused(Refusal.SHUTTING_DOWN);
        }
    }

    /**
     * The channel broke before one byte of an answer went to the user, and it is safe to send the request again: it gets its
     * old place in the queue, and another channel as soon as there is one. This is the end of the broken channel too; nobody
     * overtakes the request by getting the slot that comes free.
     */
    public void retry(PendingRequest request) {
        Channel broken = request.channel;
        Dispatcher.Resubmission resubmission = dispatcher.resubmit(request, clock.nanoTime());
        start(resubmission.matched());
        tellWhenDrained(broken.instance());
        if (resubmission.accepted()) {
            fleet.wake();
        } else {
            request.refused(Refusal.SHUTTING_DOWN);
        }
    }

    /** The user left. True when the request was waiting: it is out of the queue, and nobody else will end it. */
    public boolean cancel(PendingRequest request) {
        return dispatcher.cancel(request);
    }

    /** The instance of that id, unless it is unknown or dead. */
    public Optional<LambdaInstance> instance(String id) {
        return Optional.ofNullable(roster.find(id));
    }

    /**
     * An instance opened a channel, which is ready to be used from any thread.
     *
     * @return false when the instance is to have no more of them: the wire's goaway
     */
    public boolean opened(Channel channel) {
        channel.instance().heard();
        Dispatcher.Opening opening = dispatcher.open(channel, clock.nanoTime());
        start(opening.matched());
        if (opening.first()) {
            fleet.opened(channel.instance());
        }
        return opening.accepted();
    }

    /** A channel broke while it was idle. False when it is not idle any more: those who have it find out themselves. */
    public boolean lost(Channel channel) {
        return dispatcher.lose(channel);
    }

    /**
     * The instance has answered this request in this channel, to the end, and the channel is used up: the slot is free. The first
     * end of an assignment counts, in whichever of the four ways it is told ({@link #released}, {@link #reuse}, {@link #retry});
     * later ones do nothing, whoever has the channel, or the request, by then.
     */
    public void answered(PendingRequest request, Channel channel) {
        end(request, channel, true);
    }

    /**
     * The exchange of this request in this channel is over, without a response: the slot is free, the channel closed. The request
     * may still be retried. A second end of the same assignment does nothing.
     */
    public void released(PendingRequest request, Channel channel) {
        end(request, channel, false);
    }

    private void end(PendingRequest request, Channel channel, boolean isAnswered) {
        start(dispatcher.release(request, channel, isAnswered, clock.nanoTime()));
        tellWhenDrained(channel.instance());
    }

    /**
     * The instance has answered this request in this channel, to the end, and the channel is whole: it is parked again in the same
     * step in which the slot comes free. If a request waits, it is started in the channel, usually before this returns; so whatever
     * the channel knew of the earlier request must be gone before the call.
     *
     * @return {@link Reuse#PARKED} as a rule; {@link Reuse#DISMISSED} when the instance is to have no more requests, and the caller
     *     is to send the wire's goaway through the channel; {@link Reuse#OVER} when the assignment had ended before
     */
    public Reuse reuse(PendingRequest request, Channel channel) {
        Dispatcher.Parking parking = dispatcher.reuse(request, channel, clock.nanoTime());
        if (parking == Dispatcher.Parking.TAKEN) {
            // It cannot end, and so leave the channel, before it is started.
            start(channel.request);
        }
        tellWhenDrained(channel.instance());
        return switch (parking) {
            case OVER -> Reuse.OVER;
            case DISMISSED -> Reuse.DISMISSED;
            case IDLE, TAKEN -> Reuse.PARKED;
        };
    }

    private void tellWhenDrained(LambdaInstance instance) {
        if (instance.whenDrained != null) {
            Runnable whenDrained = roster.takeWhenDrained(instance);
            if (whenDrained != null) {
                whenDrained.run();
            }
        }
    }

    /** A request may be over before its start returns, and so start the next one: however many do, the stack does not grow. */
    private void start(PendingRequest matched) {
        if (matched != null) {
            starts.accept(matched);
        }
    }

    /** Whether the instance takes, or is about to take, requests. */
    public boolean isServing(LambdaInstance instance) {
        LambdaInstance.State state = roster.stateOf(instance);
        return state == LambdaInstance.State.STARTING || state == LambdaInstance.State.OPEN;
    }

    /**
     * The instance says that it is about to leave: it gets nothing new.
     *
     * @param whenDrained called, on any thread, once everything that it answered was read; only then may it cut its connections
     */
    public void closeAsked(LambdaInstance instance, Runnable whenDrained) {
        drain(instance, roster.isExpiring(instance) ? DrainReason.DEADLINE : DrainReason.ASKED);
        if (!roster.awaitDrained(instance, whenDrained)) {
            whenDrained.run();
        }
    }

    /** The instance gets nothing new; what it runs may finish. */
    public void drain(LambdaInstance instance, DrainReason why) {
        fleet.drain(instance, why);
        fleet.stepSoon();
    }

    /**
     * An operator sends the instance away: it gets nothing new, what it runs may finish, and another one is started if it is still
     * needed.
     *
     * @return false when it has not called back yet, and so cannot be told: nothing happens then
     */
    public boolean dismiss(LambdaInstance instance) {
        if (roster.stateOf(instance) == LambdaInstance.State.STARTING) {
            return false;
        }
        drain(instance, DrainReason.OPERATOR);
        return true;
    }

    /**
     * An operator wants other instances: all that there are leave, each as soon as another one serves in its place. For that while
     * there may be more than {@code MaxInstances}. Where none can be started, all stay.
     */
    public void replaceAll() {
        fleet.replaceAll();
    }

    /**
     * The instance says that it is going to leave by itself when that time is over: it is replaced before.
     *
     * @param nanos from now on; known once and for all, later calls do nothing
     */
    public void leavesIn(LambdaInstance instance, long nanos) {
        if (!instance.knowsWhenItLeaves()) {
            instance.reports.leavesAt(clock.nanoTime() + nanos);
        }
    }

    /** The pool takes no more requests; those that wait are served, then its instances are told to leave. */
    public void close() {
        dispatcher.close();
        fleet.close();
    }

    /** The time to finish is up: those who wait are refused, and what runs is cut off. Call {@link #close} first. */
    public void abandon() {
        for (PendingRequest next = dispatcher.abandonNext(); next != null; next = dispatcher.abandonNext()) {
            next.refused(Refusal.SHUTTING_DOWN);
        }
        for (LambdaInstance instance : roster.all()) {
            roster.busyChannels(instance).forEach(Channel::abort);
        }
    }

    /**
     * Closes a pool that has had nothing to do for that long, and has no instance, for good.
     *
     * @return whether it did: nothing can be submitted any more
     */
    boolean closeIfIdle(Duration idle) {
        boolean isIdle = clock.nanoTime() - usedAtNanos >= idle.toNanos();
        if (!isIdle || !dispatcher.closeIfDormant()) {
            return false;
        }
        listener.poolRemoved(id());
        return true;
    }

    /** Puts off the end of an idle pool: a request is about to be submitted. */
    void touch() {
        usedAtNanos = clock.nanoTime();
    }

    /** The pool's books at this moment. */
    public Observation snapshot() {
        return dispatcher.snapshot();
    }

    /** What the pool was told at birth. */
    public PoolSettings settings() {
        return settings;
    }

    /** How many instances there are to be at this moment. */
    public int desired() {
        return fleet.desired();
    }

    /** Its instances at this moment, in no order. Takes longer the more there are: for people, not for each request. */
    public List<InstanceView> instances() {
        return roster.view(clock.nanoTime());
    }

    /** Why instances cannot be started, or could not until a moment ago; empty when all is well. */
    public Optional<InvokeOutcome.Failed> failure() {
        return fleet.failure();
    }

    /** How long a refused user should wait, in ns; 0 when nothing is known to be wrong. */
    public long retryAfterNanos() {
        return fleet.retryAfterNanos();
    }
}
