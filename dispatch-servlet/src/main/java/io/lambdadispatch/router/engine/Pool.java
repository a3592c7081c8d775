package io.lambdadispatch.router.engine;

import java.util.Optional;

/**
 * All that serves one function: the door to the engine. Each method is one event; it changes the books of the
 * {@link Dispatcher} and then does what follows, on the calling thread and outside any lock: a request that found a channel is
 * told so at once, by whoever made the match possible. All methods may be called from any thread and never block.
 */
public final class Pool {
    private final PoolSettings settings;
    private final Dispatcher dispatcher;
    private final Fleet fleet;
    private final Clock clock;

    public Pool(PoolSettings settings, CapacityPlanner planner, PoolPorts ports) {
        this.settings = settings;
        this.clock = ports.clock();
        this.dispatcher = new Dispatcher(settings.maxConcurrent(), settings.maxQueued());
        this.fleet = new Fleet(settings, dispatcher, planner, ports);
    }

    /** The pool's name. */
    public String id() {
        return settings.poolId();
    }

    /** A user's request came. It is assigned, refused, or waits; which of them, it is told by its own methods. */
    public void submit(PendingRequest request) {
        switch (dispatcher.submit(request, clock.nanoTime())) {
            case ASSIGNED -> request.assigned(request.channel);
            case QUEUED -> fleet.wake();
            case QUEUE_FULL -> request.refused(Refusal.QUEUE_FULL);
            case CLOSED -> request.refused(Refusal.SHUTTING_DOWN);
        }
    }

    /**
     * The channel broke before one byte of an answer, and it is safe to send the request again: it gets another channel, or
     * its old place in the queue. Call {@link #released} for the broken channel first.
     */
    public void retry(PendingRequest request) {
        switch (dispatcher.resubmit(request)) {
            case ASSIGNED -> request.assigned(request.channel);
            case QUEUED -> fleet.wake();
            case CLOSED -> request.refused(Refusal.SHUTTING_DOWN);
            case QUEUE_FULL -> throw new IllegalStateException("a retried request is never too many");
        }
    }

    /** The user left. True when the request was waiting: it is out of the queue, and nobody else will end it. */
    public boolean cancel(PendingRequest request) {
        return dispatcher.cancel(request);
    }

    /** The instance of that id, unless it is unknown or dead. */
    public Optional<LambdaInstance> instance(String id) {
        return Optional.ofNullable(dispatcher.find(id));
    }

    /**
     * An instance opened a channel, which is ready to be used from any thread.
     *
     * @return false when the instance is to have no more of them: the wire's goaway
     */
    public boolean opened(Channel channel) {
        Dispatcher.Opening opening = dispatcher.open(channel);
        start(opening.matched());
        if (opening.first()) {
            fleet.opened(channel.instance());
        }
        return opening.accepted();
    }

    /** A channel broke while it was idle. False when it is not idle any more: whoever has it finds out by himself. */
    public boolean lost(Channel channel) {
        return dispatcher.lose(channel);
    }

    /** The exchange in this channel is over, well or not: its slot is free. A second call does nothing. */
    public void released(Channel channel) {
        start(dispatcher.release(channel));
        if (channel.instance().whenDrained != null) {
            Runnable whenDrained = dispatcher.takeWhenDrained(channel.instance());
            if (whenDrained != null) {
                whenDrained.run();
            }
        }
    }

    private static void start(PendingRequest matched) {
        if (matched != null) {
            matched.assigned(matched.channel);
        }
    }

    /** Whether the instance takes, or is about to take, requests. */
    public boolean isServing(LambdaInstance instance) {
        LambdaInstance.State state = dispatcher.stateOf(instance);
        return state == LambdaInstance.State.STARTING || state == LambdaInstance.State.OPEN;
    }

    /**
     * The instance says that it is about to leave: it gets nothing new.
     *
     * @param whenDrained called, on any thread, once everything that it answered was read; only then may it cut its connections
     */
    public void closeAsked(LambdaInstance instance, Runnable whenDrained) {
        drain(instance);
        if (!dispatcher.awaitDrained(instance, whenDrained)) {
            whenDrained.run();
        }
    }

    /** The instance gets nothing new; what it runs may finish. */
    public void drain(LambdaInstance instance) {
        fleet.drain(instance);
        fleet.look();
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
        for (LambdaInstance instance : dispatcher.instances()) {
            dispatcher.busyChannels(instance).forEach(Channel::abort);
        }
    }

    /** The pool's books at this moment. */
    public Observation observe() {
        return dispatcher.look();
    }

    /** How long a refused user should wait, in ns; 0 when nothing is known to be wrong. */
    public long retryAfterNanos() {
        return fleet.retryAfterNanos();
    }
}
