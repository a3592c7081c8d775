package io.lambdadispatch.router.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Keeps as many instances as the {@link CapacityPlanner} wants: starts what is missing, drains those too many. {@link Supervision}
 * looks after each of them, {@link Rollout} has some replaced. All of it runs on the scheduler, one step after the other, so its fields need no lock; the books that others change too
 * are the {@link Dispatcher}'s. A pool without work and without instances has no timer.
 */
final class Fleet {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A warm spare is wanted for the day this instance leaves, not while it competes with it for starting. */
    private static final long BUDDY_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PoolSettings settings;
    private final Roster roster;
    private final Dispatcher dispatcher;
    private final Plan<?> plan;
    private final LambdaInvoker invoker;
    private final Supplier<Identity> identities;
    private final PoolListener listener;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Backoff backoff;
    private final StartupTime startup = new StartupTime();
    private final Rollout rollout;
    private final Supervision supervision;

    /** Whether a tick is scheduled or running. Set by whoever brings work, cleared when there is none. */
    private final AtomicBoolean awake = new AtomicBoolean();

    /** Written by the scheduler's steps only; anybody may ask. */
    private volatile int desired;

    private boolean closing;

    Fleet(PoolSettings settings, Roster roster, Dispatcher dispatcher, CapacityPlanner<?> planner, PoolPorts ports) {
        this.settings = settings;
        this.roster = roster;
        this.dispatcher = dispatcher;
        this.plan = new Plan<>(planner);
        this.invoker = ports.invoker();
        this.identities = ports.identities();
        this.listener = ports.listener();
        this.clock = ports.clock();
        this.scheduler = ports.scheduler();
        this.backoff = new Backoff(ports.random());
        this.rollout = new Rollout(settings, roster, startup, ports);
        this.supervision = new Supervision(settings, roster, backoff, rollout, ports);
    }

    /** There is work. Cheap when the fleet knows already; any thread. */
    void wake() {
        if (!awake.get() && awake.compareAndSet(false, true)) {
            scheduler.schedule(this::tick, 0);
        }
    }

    /** The books changed in a way that should not wait for the next tick; any thread. */
    void stepSoon() {
        scheduler.schedule(this::step, 0);
    }

    private void tick() {
        try {
            supervision.look(clock.nanoTime());
            step();
        } finally {
            // Whatever a callback throws, the next tick comes: without it the pool would never start an instance again.
            rest();
        }
    }

    private void rest() {
        if (mayRest()) {
            awake.set(false);
            // A request that came between the look and the flag did not schedule a tick: look again.
            if (!dispatcher.snapshot().isDormant()) {
                wake();
            }
        } else {
            scheduler.schedule(this::tick, TICK_NANOS);
        }
    }

    private boolean mayRest() {
        boolean nobodyIsKept = closing || settings.minInstances() == 0;
        return nobodyIsKept && desired == 0 && dispatcher.snapshot().isDormant();
    }

    private void step() {
        long now = clock.nanoTime();
        refuse(now);
        rollout.markReplaced();
        plan(now);
        drainReplaced();
    }

    private void refuse(long now) {
        long timeout = settings.requestTimeout().toNanos();
        Observation books = dispatcher.snapshot();
        boolean isBroken = backoff.isFailing() && books.open() == 0;
        long untilProbe = backoff.remainingNanos(now);
        if (isBroken && books.starting() == 0 && untilProbe > 0) {
            // Nobody can serve before the next probe: those who will not wait for so long need not wait at all.
            refuse(Refusal.UNAVAILABLE, now + untilProbe, backoff.isHopeless() ? 0 : timeout);
        }
        refuse(isBroken ? Refusal.UNAVAILABLE : Refusal.TIMED_OUT, now, timeout);
    }

    /** Refuses those whose time will be over at that moment. */
    private void refuse(Refusal why, long momentNanos, long timeoutNanos) {
        PendingRequest expired;
        while ((expired = dispatcher.takeOverdue(momentNanos, timeoutNanos)) != null) {
            expired.refused(why);
        }
    }

    private void plan(long now) {
        Observation observation = dispatcher.observeAndResetPeak();
        plan.decide(observation, startup.nanos(), now);
        if (closing && observation.pending() == 0) {
            desired = plan.desired();
            roster.all().forEach(instance -> drain(instance, DrainReason.CLOSING));
            return;
        }
        int next = settings.bounded(plan.desired(), closing);
        int missing = next - observation.present();
        int starts = Math.max(0, backoff.permitted(missing, observation.starting(), now));
        if (starts < missing) {
            next = observation.present() + starts;
        }
        if (next < plan.desired()) {
            plan.withhold(next);
        }
        if (next != desired) {
            int before = desired;
            desired = next;
            listener.desiredChanged(settings.poolId(), before, next, observation);
        }
        for (int i = 0; i < starts; i++) {
            start(now);
        }
        if (missing < 0 && observation.pending() == 0) {
            drainUpTo(Math.min(-missing, observation.open()));
        }
    }

    private void start(long now) {
        wake();
        Identity identity = identities.get();
        LambdaInstance instance = new LambdaInstance(identity.id(), identity.token(), now);
        roster.add(instance);
        listener.instanceStarting(settings.poolId(), instance);
        var unused = invoker.invoke(Invocation.channels(
                        settings.function(),
                        settings.poolId(),
                        identity,
                        settings.channels(),
                        settings.minInstances() > 0))
                .thenAccept(outcome -> scheduler.schedule(
                        () -> {
                            supervision.end(instance, outcome);
                            step();
                        },
                        0));
        scheduler.schedule(() -> invokeBuddy(instance), BUDDY_DELAY_NANOS);
    }

    /** Warms an environment for the one that will replace this instance. Whether it succeeds is nobody's concern. */
    private void invokeBuddy(LambdaInstance instance) {
        if (backoff.isFailing() || closing || roster.stateOf(instance) == LambdaInstance.State.CLOSED) {
            return;
        }
        long since = clock.nanoTime();
        var unused = invoker.invoke(
                        Invocation.warming(settings.function(), settings.poolId(), instance.id() + "-initonly"))
                .thenAccept(
                        outcome -> listener.environmentWarmed(settings.poolId(), outcome, clock.nanoTime() - since));
    }

    /** The instance opened its first channel; any thread. */
    void opened(LambdaInstance instance) {
        long took = clock.nanoTime() - instance.startedAtNanos();
        listener.instanceOpened(settings.poolId(), instance, took);
        scheduler.schedule(
                () -> {
                    startup.took(took);
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
            drain(instance, DrainReason.SURPLUS);
        }
    }

    /** The instance is to leave; any thread. */
    void drain(LambdaInstance instance, DrainReason why) {
        Optional<List<Channel>> parked = roster.drain(instance);
        if (parked.isPresent()) {
            listener.instanceDraining(settings.poolId(), instance, why);
            parked.get().forEach(Channel::goAway);
        }
    }

    private void drainReplaced() {
        if (rollout.isUnderWay()) {
            rollout.dispensable(dispatcher.snapshot(), desired, backoff.isFailing())
                    .forEach(instance -> drain(instance, DrainReason.OPERATOR));
        }
    }

    /** All instances that there are now are to leave, each as soon as another one serves in its place; any thread. */
    void replaceAll() {
        scheduler.schedule(
                () -> {
                    rollout.replaceAll();
                    step();
                },
                0);
    }

    /** Once nothing waits any more, all instances are to leave, and none is started. */
    void close() {
        scheduler.schedule(
                () -> {
                    closing = true;
                    supervision.close();
                    step();
                },
                0);
    }

    /** How many instances there are to be; any thread. */
    int desired() {
        return desired;
    }

    /** How the latest start failed, as long as it is not known that starts succeed again; any thread. */
    Optional<InvokeOutcome.Failed> failure() {
        return backoff.lastFailure();
    }

    /** How long until an instance is started again, in ns; 0 unless starting fails at present. */
    long retryAfterNanos() {
        return backoff.remainingNanos(clock.nanoTime());
    }
}
