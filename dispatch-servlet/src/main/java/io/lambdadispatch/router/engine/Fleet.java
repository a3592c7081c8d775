package io.lambdadispatch.router.engine;

import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
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

    /** AWS's cold starts take 2 to 8 s; a warm environment takes 0.1 s. */
    private static final long FIRST_GUESS_OF_STARTUP_NANOS = TimeUnit.SECONDS.toNanos(4);

    /** How much the latest start says about the next one. */
    private static final double LATEST_STARTUP_SHARE = 0.3;

    private static final long SUPERVISE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The successor of an instance is started that long before it leaves: twice the time of a start, within these. */
    private static final long LEAST_LEAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long MOST_LEAD_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A share of the lead by which those that started together are replaced one after the other. */
    private static final double LEAD_SPREAD = 0.5;

    /** An instance that lives so shortly that its successors would be replaced at once is replaced late. */
    private static final long LEAST_LIVES_PER_LEAD = 4;

    private final PoolSettings settings;
    private final Roster roster;
    private final Dispatcher dispatcher;
    private final Plan<?> plan;
    private final LambdaInvoker invoker;
    private final Supplier<Identity> identities;
    private final PoolListener listener;
    private final Clock clock;
    private final Scheduler scheduler;
    private final DoubleSupplier random;
    private final Backoff backoff;

    /** Whether a tick is scheduled or running. Set by whoever brings work, cleared when there is none. */
    private final AtomicBoolean awake = new AtomicBoolean();

    /** Written by the scheduler's steps only; anybody may ask. */
    private volatile int desired;

    private boolean closing;

    /** How long a start takes: an average over the latest ones, in ns. */
    private long startupNanos = FIRST_GUESS_OF_STARTUP_NANOS;

    private boolean isStartupKnown;

    private long supervisedAtNanos;

    /** An operator wants others in their place. */
    private final Set<LambdaInstance> replaced = new LinkedHashSet<>();

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
        this.random = ports.random();
        this.backoff = new Backoff(random);
        this.supervisedAtNanos = clock.nanoTime();
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
            supervise(clock.nanoTime());
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
        expireReplaced();
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

    /** Looks after each instance: those that do not call back, have fallen silent, or will leave soon. */
    private void supervise(long now) {
        long elapsed = now - supervisedAtNanos;
        if (elapsed < SUPERVISE_NANOS) {
            return;
        }
        supervisedAtNanos = now;
        // When it was this router that stood still, nobody else's silence is proved by it.
        long silence = Math.min(elapsed, 2 * SUPERVISE_NANOS);
        for (LambdaInstance instance : roster.all()) {
            switch (roster.stateOf(instance)) {
                case STARTING -> giveUpWhenLate(instance, now);
                case OPEN -> {
                    loseWhenSilent(instance, silence);
                    replaceWhenDue(instance, now);
                }
                case DRAINING -> {
                    if (!instance.wasOpen) {
                        giveUpWhenLate(instance, now);
                    } else if (instance.knowsWhenItLeaves()) {
                        // A client that says that pings to its end; the reference's stops when it begins to leave.
                        loseWhenSilent(instance, silence);
                    }
                }
                case CLOSED -> {}
            }
        }
        Long since = backoff.provableSince();
        if (since != null && roster.hasAnsweredSince(since)) {
            backoff.proved();
            listener.startsSucceeding(settings.poolId());
        }
    }

    private void giveUpWhenLate(LambdaInstance instance, long now) {
        if (now - instance.startedAtNanos() >= settings.instanceStartTimeout().toNanos()) {
            String message = "no channel within " + settings.instanceStartTimeout();
            end(instance, new InvokeOutcome.Failed(Reason.NOT_CALLED_BACK, message));
        }
    }

    private void loseWhenSilent(LambdaInstance instance, long elapsed) {
        instance.silentNanos = instance.takeHeard() ? 0 : instance.silentNanos + elapsed;
        if (!settings.instanceSilence().isZero()
                && instance.silentNanos >= settings.instanceSilence().toNanos()) {
            List<Channel> busy = roster.busyChannels(instance);
            List<Channel> parked =
                    end(instance, new InvokeOutcome.Failed(Reason.LOST, "silent for " + settings.instanceSilence()));
            parked.forEach(Channel::abort);
            busy.forEach(Channel::abort);
        }
    }

    /** A successor is to serve before the instance leaves: from here on the instance is not counted as present. */
    private void replaceWhenDue(LambdaInstance instance, long now) {
        Long leavesAt = instance.leavesAtNanos();
        if (leavesAt == null) {
            return;
        }
        if (instance.replaceAtNanos == null) {
            long lead = Math.max(LEAST_LEAD_NANOS, Math.min(MOST_LEAD_NANOS, 2 * startupNanos));
            long most = Math.max(0, leavesAt - instance.openedAtNanos) / LEAST_LIVES_PER_LEAD;
            double spread = 1 + LEAD_SPREAD * random.getAsDouble();
            instance.replaceAtNanos = leavesAt - (long) (Math.min(lead, most) * spread);
        }
        if (now - instance.replaceAtNanos >= 0 && roster.markExpiring(instance)) {
            listener.instanceExpiring(settings.poolId(), instance, leavesAt - now);
        }
    }

    private void plan(long now) {
        Observation observation = dispatcher.observeAndResetPeak();
        plan.decide(observation, startupNanos, now);
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
                            end(instance, outcome);
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
        long startup = clock.nanoTime() - instance.startedAtNanos();
        listener.instanceOpened(settings.poolId(), instance, startup);
        scheduler.schedule(
                () -> {
                    startupTook(startup);
                    backoff.succeeded(instance.startedAtNanos());
                    step();
                },
                0);
    }

    private void startupTook(long nanos) {
        startupNanos += (long) ((isStartupKnown ? LATEST_STARTUP_SHARE : 1) * (nanos - startupNanos));
        isStartupKnown = true;
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

    /** All instances that there are now are to leave, each as soon as another one serves in its place; any thread. */
    void replaceAll() {
        scheduler.schedule(
                () -> {
                    replaced.addAll(roster.all());
                    step();
                },
                0);
    }

    /** As with those whose deadline nears: they serve on, and their successors are started. */
    private void expireReplaced() {
        replaced.removeIf(instance -> switch (roster.stateOf(instance)) {
            case STARTING, OPEN -> false;
            case DRAINING, CLOSED -> true;
        });
        replaced.forEach(roster::markExpiring);
    }

    /**
     * One leaves for each that serves in its place. While starts fail, less may be desired than is needed: then those who serve must
     * be enough for what there is to do, and nobody leaves before there is one.
     */
    private void drainReplaced() {
        Observation books = replaced.isEmpty() ? null : dispatcher.snapshot();
        if (books == null || (backoff.isFailing() && books.open() == books.expiring())) {
            return;
        }
        int busy = (books.pending() + books.running() + settings.maxConcurrent() - 1) / settings.maxConcurrent();
        int needed = Math.max(0, Math.max(desired, busy) - (books.open() - books.expiring()));
        List<LambdaInstance> serving = replaced.stream()
                .filter(instance -> roster.stateOf(instance) == LambdaInstance.State.OPEN)
                .toList();
        serving.stream().limit(Math.max(0, serving.size() - needed)).forEach(it -> drain(it, DrainReason.OPERATOR));
    }

    /** Hands back the channels that nobody used, which have been told to go away. */
    private List<Channel> end(LambdaInstance instance, InvokeOutcome told) {
        Optional<Roster.Ending> ended = roster.end(instance);
        if (ended.isEmpty()) {
            return List.of();
        }
        Roster.Ending ending = ended.get();
        scheduler.schedule(() -> roster.busyChannels(instance).forEach(Channel::abort), LAST_BYTES_NANOS);
        InvokeOutcome outcome = judged(told, ending);
        // An instance that has answered anything was worth its start, however it ended; one that came only to fail was
        // not.
        if (outcome instanceof InvokeOutcome.Failed failed && ending.answered() == 0) {
            if (backoff.failed(failed, clock.nanoTime())) {
                listener.startsFailing(settings.poolId(), failed);
            }
        } else {
            backoff.placeIsFree(clock.nanoTime());
        }
        ending.parked().forEach(Channel::goAway);
        listener.instanceEnded(settings.poolId(), instance, outcome);
        return ending.parked();
    }

    /** An instance that leaves without having called back has failed, whatever it says; but for those that are told to by a pool that closes. */
    private InvokeOutcome judged(InvokeOutcome outcome, Roster.Ending ending) {
        boolean wasTold = closing && ending.wasDraining();
        if (outcome instanceof InvokeOutcome.Answered answered && !ending.wasOpen() && !wasTold) {
            return new InvokeOutcome.Failed(
                    Reason.NOT_CALLED_BACK,
                    "the instance left without having opened a channel: "
                            + answered.reply().exitReason());
        }
        return outcome;
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
