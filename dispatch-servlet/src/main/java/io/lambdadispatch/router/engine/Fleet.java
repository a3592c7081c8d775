package io.lambdadispatch.router.engine;

import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Keeps as many instances as the {@link CapacityPlanner} wants: starts them, replaces those that leave, drains those too many.
 * All of it runs on the scheduler, one step after the other, so its fields need no lock; the books that others change too
 * are the {@link Dispatcher}'s. A pool without work and without instances has no timer.
 */
final class Fleet {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A warm spare is wanted for the day this instance leaves, not while it competes with it for starting. */
    private static final long BUDDY_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The last bytes of an answer may still be on their way when the invoke has ended. */
    private static final long LAST_BYTES_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PoolSettings settings;
    private final Dispatcher dispatcher;
    private final CapacityPlanner planner;
    private final LambdaInvoker invoker;
    private final Supplier<Identity> identities;
    private final PoolListener listener;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Backoff backoff;

    /** Whether a tick is scheduled or running. Set by whoever brings work, cleared when there is none. */
    private final AtomicBoolean awake = new AtomicBoolean();

    private CapacityPlanner.Memory memory = CapacityPlanner.Memory.START;
    private boolean closing;

    Fleet(PoolSettings settings, Dispatcher dispatcher, CapacityPlanner planner, PoolPorts ports) {
        this.settings = settings;
        this.dispatcher = dispatcher;
        this.planner = planner;
        this.invoker = ports.invoker();
        this.identities = ports.identities();
        this.listener = ports.listener();
        this.clock = ports.clock();
        this.scheduler = ports.scheduler();
        this.backoff = new Backoff(ports.random());
    }

    /** There is work. Cheap when the fleet knows already; any thread. */
    void wake() {
        if (!awake.get() && awake.compareAndSet(false, true)) {
            scheduler.schedule(this::tick, 0);
        }
    }

    /** The books changed in a way that should not wait for the next tick; any thread. */
    void look() {
        scheduler.schedule(this::step, 0);
    }

    private void tick() {
        try {
            step();
        } finally {
            // Whatever a callback throws, the next tick comes: without it the pool would never start an instance again.
            rest();
        }
    }

    private void rest() {
        if (dispatcher.look().isDormant() && memory.desired() == 0) {
            awake.set(false);
            // A request that came between the look and the flag did not schedule a tick: look again.
            if (!dispatcher.look().isDormant()) {
                wake();
            }
        } else {
            scheduler.schedule(this::tick, TICK_NANOS);
        }
    }

    private void step() {
        long now = clock.nanoTime();
        expireRequests(now);
        expireStarts(now);
        plan(now);
    }

    private void expireRequests(long now) {
        PendingRequest expired;
        while ((expired = dispatcher.expire(now, settings.requestTimeout().toNanos())) != null) {
            boolean isBroken = backoff.isFailing() && dispatcher.look().open() == 0;
            expired.refused(isBroken ? Refusal.UNAVAILABLE : Refusal.TIMED_OUT);
        }
    }

    private void expireStarts(long now) {
        long limit = settings.instanceStartTimeout().toNanos();
        if (dispatcher.look().starting() == 0) {
            return;
        }
        for (LambdaInstance instance : dispatcher.instances()) {
            if (now - instance.startedAtNanos() >= limit
                    && dispatcher.stateOf(instance) == LambdaInstance.State.STARTING) {
                String message = "no channel within " + settings.instanceStartTimeout();
                end(instance, new InvokeOutcome.Failed(Reason.NOT_CALLED_BACK, message));
            }
        }
    }

    private void plan(long now) {
        Observation observation = dispatcher.observe();
        CapacityPlanner.Memory before = memory;
        memory = planner.plan(observation, before, now);
        if (closing && observation.pending() == 0) {
            dispatcher.instances().forEach(this::drain);
            return;
        }
        int missing = memory.desired() - observation.present();
        int starts = Math.max(0, backoff.permitted(missing, observation.starting(), now));
        if (starts < missing) {
            // Wishes must not pile up while nothing can be started: they would all be tried at once when it can. Nor
            // must
            // they use up the steps that the recovery will need.
            memory = memory.withheld(observation.present() + starts, before.out());
        }
        if (memory.desired() != before.desired()) {
            listener.desiredChanged(settings.poolId(), before.desired(), memory.desired(), observation);
        }
        for (int i = 0; i < starts; i++) {
            start(now);
        }
        if (missing < 0 && observation.pending() == 0) {
            drainUpTo(Math.min(-missing, observation.open()));
        }
    }

    private void start(long now) {
        Identity identity = identities.get();
        LambdaInstance instance = new LambdaInstance(identity.id(), identity.token(), now);
        dispatcher.add(instance);
        listener.instanceStarting(settings.poolId(), instance);
        var unused = invoker.invoke(new Invocation(
                        settings.function(),
                        settings.poolId(),
                        identity.id(),
                        settings.channels(),
                        false,
                        identity.token()))
                .thenAccept(outcome -> scheduler.schedule(
                        () -> {
                            end(instance, outcome);
                            step();
                        },
                        0));
        scheduler.schedule(() -> invokeBuddy(instance), BUDDY_DELAY_NANOS);
    }

    /** Warms an environment for the one that will replace this instance. Whether it succeeds is nobody's concern. */
    private void invokeBuddy(LambdaInstance instance) {
        if (backoff.isFailing() || closing || dispatcher.stateOf(instance) == LambdaInstance.State.CLOSED) {
            return;
        }
        var unused = invoker.invoke(
                new Invocation(settings.function(), settings.poolId(), instance.id() + "-initonly", 0, true, null));
    }

    /** The instance opened its first channel; any thread. */
    void opened(LambdaInstance instance) {
        long startup = clock.nanoTime() - instance.startedAtNanos();
        listener.instanceOpened(settings.poolId(), instance, startup);
        scheduler.schedule(
                () -> {
                    backoff.succeeded(instance.startedAtNanos());
                    step();
                },
                0);
    }

    private void drainUpTo(int count) {
        for (int i = 0; i < count; i++) {
            LambdaInstance instance = dispatcher.leastBusy();
            if (instance == null) {
                return;
            }
            drain(instance);
        }
    }

    /** The instance is to leave: because it asks for it, or because it is too many; any thread. */
    void drain(LambdaInstance instance) {
        Optional<List<Channel>> parked = dispatcher.drain(instance);
        if (parked.isPresent()) {
            listener.instanceDraining(settings.poolId(), instance);
            parked.get().forEach(Channel::goAway);
        }
    }

    private void end(LambdaInstance instance, InvokeOutcome outcome) {
        Optional<Dispatcher.Ending> ending = dispatcher.end(instance);
        if (ending.isEmpty()) {
            return;
        }
        scheduler.schedule(() -> dispatcher.busyChannels(instance).forEach(Channel::abort), LAST_BYTES_NANOS);
        if (ending.get().wasOpen()) {
            backoff.placeIsFree(clock.nanoTime());
        } else {
            backoff.failed(clock.nanoTime());
        }
        ending.get().parked().forEach(Channel::goAway);
        listener.instanceEnded(settings.poolId(), instance, outcome);
    }

    /** Once nothing waits any more, all instances are to leave, and none is started. */
    void close() {
        scheduler.schedule(
                () -> {
                    closing = true;
                    step();
                },
                0);
    }

    /** How long until an instance is started again, in ns; 0 unless starting fails at present. */
    long retryAfterNanos() {
        return backoff.remainingNanos(clock.nanoTime());
    }
}
