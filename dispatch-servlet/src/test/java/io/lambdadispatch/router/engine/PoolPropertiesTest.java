package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import io.lambdadispatch.router.engine.Observation.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/**
 * A whole pool, with planner and backoff, under random schedules: users come and leave, instances start, fail, open channels,
 * break and leave, the function breaks and recovers, time passes, the router closes. What the users and instances see must
 * agree with the pool's books after each event, and in the end nobody is left, nor any timer. In the system that this one
 * re-implements, counts drifted below zero (its issue 124).
 */
class PoolPropertiesTest {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration SUPERVISION = Duration.ofMillis(250);
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** What can happen. */
    enum Kind {
        SUBMIT,
        CANCEL,
        OPEN,
        LOSE,
        ANSWER,
        REUSE,
        END_AGAIN,
        BREAK,
        CLOSE_ASKED,
        SAYS_WHEN_IT_LEAVES,
        PINGS,
        END_INVOKE,
        FAIL_INVOKE,
        PASS_MILLISECONDS,
        PASS_SECONDS,
        BREAK_FUNCTION,
        REPAIR_FUNCTION,
        CLOSE_POOL
    }

    /**
     * One event.
     *
     * @param pick to whom, counted through those there are; or how much
     */
    record Event(Kind kind, int pick) {
        <T> T of(List<T> candidates) {
            return candidates.get(pick % candidates.size());
        }

        @Override
        public String toString() {
            return kind + " " + pick;
        }
    }

    @Provide
    Arbitrary<List<Event>> schedules() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(40, Kind.SUBMIT),
                Tuple.of(5, Kind.CANCEL),
                Tuple.of(40, Kind.OPEN),
                Tuple.of(4, Kind.LOSE),
                Tuple.of(12, Kind.ANSWER),
                Tuple.of(16, Kind.REUSE),
                Tuple.of(6, Kind.END_AGAIN),
                Tuple.of(8, Kind.BREAK),
                Tuple.of(4, Kind.CLOSE_ASKED),
                Tuple.of(4, Kind.SAYS_WHEN_IT_LEAVES),
                Tuple.of(6, Kind.PINGS),
                Tuple.of(6, Kind.END_INVOKE),
                Tuple.of(4, Kind.FAIL_INVOKE),
                Tuple.of(20, Kind.PASS_MILLISECONDS),
                Tuple.of(3, Kind.PASS_SECONDS),
                Tuple.of(2, Kind.BREAK_FUNCTION),
                Tuple.of(2, Kind.REPAIR_FUNCTION),
                Tuple.of(1, Kind.CLOSE_POOL));
        Arbitrary<Event> events = Combinators.combine(
                        kinds, Arbitraries.integers().between(0, 500).withDistribution(RandomDistribution.uniform()))
                .as(Event::new);
        return events.list().ofMaxSize(150).withSizeDistribution(RandomDistribution.uniform());
    }

    @Provide
    Arbitrary<Long> epochs() {
        long minute = Duration.ofMinutes(1).toNanos();
        return Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.longs().between(Long.MAX_VALUE - minute, Long.MAX_VALUE),
                Arbitraries.longs().between(-minute, 0));
    }

    @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
    void agreesWithWhatUsersAndInstancesSee(
            @ForAll @IntRange(min = 1, max = 4) int maxConcurrent,
            @ForAll Algorithm algorithm,
            @ForAll @IntRange(min = 1, max = 3) int multiplier,
            @ForAll @IntRange(max = 20) int maxQueued,
            @ForAll @IntRange(max = 2) int minInstances,
            @ForAll @IntRange(min = 2, max = 12) int maxInstances,
            @ForAll("epochs") long epoch,
            @ForAll("schedules") List<Event> schedule) {
        PoolSettings settings = new PoolSettings(
                "pool",
                "function",
                maxConcurrent,
                2 * maxConcurrent,
                maxQueued,
                REQUEST_TIMEOUT,
                START_TIMEOUT,
                SILENCE,
                minInstances,
                maxInstances);
        World world = new World(settings, algorithm.planner(maxConcurrent, multiplier), epoch);
        for (Event event : schedule) {
            world.happens(event);
            world.check();
        }
        world.windDown();
    }

    /** An instance from without. */
    private static final class Host {
        final LambdaInstance instance;
        LambdaInstance.State state = LambdaInstance.State.STARTING;
        boolean isExpiring;

        Host(LambdaInstance instance) {
            this.instance = instance;
        }
    }

    /** All that is outside the pool. */
    private static final class World implements PoolListener {
        private final PoolSettings settings;
        private final FakeTime time;
        private final FakeLambda lambda = new FakeLambda();
        private final Pool pool;
        private final Map<LambdaInstance, Host> hosts = new LinkedHashMap<>();
        private final List<User> users = new ArrayList<>();
        private final List<Wire> wires = new ArrayList<>();
        private final List<Runnable> afterwards = new ArrayList<>();
        private final Succession succession = new Succession(TICK.plus(SUPERVISION));
        private boolean closed;
        private int identities;
        private long arrivals;
        private long released;
        private long busyNanos;

        World(PoolSettings settings, CapacityPlanner<?> planner, long epoch) {
            this.settings = settings;
            this.time = new FakeTime(epoch);
            this.pool =
                    new Pool(settings, planner, new PoolPorts(lambda, this::nextIdentity, this, time, time, () -> 0.5));
        }

        private Identity nextIdentity() {
            String id = "host " + identities++;
            return new Identity(id, "token");
        }

        /** A user. */
        private final class User extends PendingRequest {
            final int arrival = users.size();
            final Duration arrived = time.elapsed();
            Duration queued = time.elapsed();
            boolean waits = true;
            Wire wire;
            int ends;

            @Override
            protected void assigned(Channel channel) {
                assertTrue(waits, this + " was assigned unasked");
                assertTrue(
                        users.stream().noneMatch(other -> other.waits && other.arrival < arrival),
                        this + " overtook somebody");
                waits = false;
                wire = (Wire) channel;
                wire.carries(this);
            }

            @Override
            protected void refused(Refusal why) {
                assertTrue(waits, this + " was refused unasked");
                switch (why) {
                    case TIMED_OUT -> assertTrue(waited().compareTo(REQUEST_TIMEOUT) >= 0);
                    case UNAVAILABLE ->
                        assertTrue(
                                waited().plusNanos(pool.retryAfterNanos()).compareTo(REQUEST_TIMEOUT) >= 0,
                                "it could have been served in time");
                    case QUEUE_FULL -> assertTrue(pending() > settings.maxQueued(), "this one included");
                    case SHUTTING_DOWN -> assertTrue(closed);
                }
                end();
            }

            Duration waited() {
                return time.elapsed().minus(arrived);
            }

            /** How long it should have been refused. A request that is retried late is refused at the next tick. */
            Duration overdue() {
                Duration deadline = arrived.plus(REQUEST_TIMEOUT);
                return time.elapsed().minus(queued.compareTo(deadline) > 0 ? queued : deadline);
            }

            void end() {
                waits = false;
                ends++;
                assertEquals(1, ends, this + " ended twice");
            }

            @Override
            public String toString() {
                return "user " + arrival;
            }
        }

        /** A channel from without. */
        private final class Wire extends Channel {
            boolean idle = true;
            User user;
            final List<User> carried = new ArrayList<>();
            long assignedNanos;

            Wire(LambdaInstance instance) {
                super(instance);
            }

            void carries(User next) {
                assertTrue(idle, "the channel is not idle");
                Host host = hosts.get(instance());
                assertEquals(LambdaInstance.State.OPEN, host.state, "it gets nothing new");
                idle = false;
                user = next;
                carried.add(next);
                assignedNanos = now();
                assertTrue(running(host) <= settings.maxConcurrent());
            }

            @Override
            protected void goAway() {
                assertTrue(idle, "goaway in a channel that is in use");
                idle = false;
            }

            @Override
            protected void abort() {
                assertEquals(LambdaInstance.State.CLOSED, hosts.get(instance()).state);
                assertFalse(idle, "it was not told to go away");
                afterwards.add(() -> breaks(this));
            }
        }

        // What is seen from without

        private long now() {
            return time.elapsed().toNanos();
        }

        private int pending() {
            return (int) users.stream().filter(user -> user.waits).count();
        }

        private List<Wire> busy() {
            return wires.stream().filter(wire -> wire.user != null).toList();
        }

        private int running(Host host) {
            return (int) busy().stream()
                    .filter(wire -> wire.instance() == host.instance)
                    .count();
        }

        private List<Wire> idle() {
            return wires.stream().filter(wire -> wire.idle).toList();
        }

        private List<Host> hosts(LambdaInstance.State state) {
            return hosts.values().stream().filter(host -> host.state == state).toList();
        }

        private FakeLambda.Invoke invokeOf(Host host) {
            return lambda.invokeOf(host.instance.id());
        }

        private List<Host> invoked() {
            return hosts.values().stream()
                    .filter(host -> invokeOf(host).isOpen())
                    .toList();
        }

        // Events

        void happens(Event event) {
            switch (event.kind()) {
                case SUBMIT -> {
                    User user = new User();
                    users.add(user);
                    arrivals += closed ? 0 : 1;
                    pool.submit(user);
                }
                case CANCEL -> {
                    if (!users.isEmpty()) {
                        cancel(event.of(users));
                    }
                }
                case OPEN -> {
                    // Also instances that were given up come late, or go on opening though told to leave.
                    if (invoked().isEmpty()) {
                        time.runDue();
                    }
                    if (!invoked().isEmpty()) {
                        open(event.of(invoked()));
                    }
                }
                case LOSE -> {
                    if (!wires.isEmpty()) {
                        lose(event.of(wires));
                    }
                }
                case ANSWER -> {
                    if (!busy().isEmpty()) {
                        answer(event.of(busy()));
                    }
                }
                case REUSE -> {
                    if (!busy().isEmpty()) {
                        reuse(event.of(busy()));
                    }
                }
                case END_AGAIN -> {
                    if (!wires.isEmpty()) {
                        Wire wire = event.of(wires);
                        wire.carried.stream()
                                .filter(user -> user != wire.user)
                                .forEach(user -> endAgain(user, wire, event.pick()));
                    }
                }
                case BREAK -> {
                    if (!busy().isEmpty()) {
                        breaks(event.of(busy()));
                    }
                }
                case CLOSE_ASKED -> {
                    if (!hosts.isEmpty()) {
                        pool.drain(event.of(List.copyOf(hosts.values())).instance, DrainReason.ASKED);
                    }
                }
                case SAYS_WHEN_IT_LEAVES -> {
                    if (!invoked().isEmpty()) {
                        says(event.of(invoked()).instance, Duration.ofMillis(event.pick() * 20L));
                    }
                }
                case PINGS -> hosts.keySet().forEach(LambdaInstance::heard);
                case END_INVOKE -> {
                    if (!invoked().isEmpty()) {
                        invokeOf(event.of(invoked())).answer(ExitReason.SELF_LAST_ACTIVE);
                    }
                }
                case FAIL_INVOKE -> {
                    if (!invoked().isEmpty()) {
                        invokeOf(event.of(invoked())).fail(Reason.FUNCTION_ERROR);
                    }
                }
                case PASS_MILLISECONDS -> pass(Duration.ofMillis(event.pick()));
                case PASS_SECONDS -> pass(Duration.ofMillis(event.pick() * 20L));
                case BREAK_FUNCTION -> lambda.breakWith(Reason.THROTTLED);
                case REPAIR_FUNCTION -> lambda.repair();
                case CLOSE_POOL -> {
                    closed = true;
                    pool.close();
                }
            }
            doAfterwards();
        }

        private void doAfterwards() {
            while (!afterwards.isEmpty()) {
                afterwards.remove(0).run();
            }
        }

        private void cancel(User user) {
            assertEquals(user.waits, pool.cancel(user));
            if (user.waits) {
                user.end();
            }
        }

        private void open(Host host) {
            // The pool must see it before the answer is known, for it may be assigned within.
            Wire wire = new Wire(host.instance);
            boolean isFirst = host.state == LambdaInstance.State.STARTING;
            boolean serves = isFirst || host.state == LambdaInstance.State.OPEN;
            if (isFirst) {
                succession.opened(host.instance, now(), time.nanoTime() - host.instance.startedAtNanos());
            }
            if (serves) {
                host.state = LambdaInstance.State.OPEN;
                wires.add(wire);
            }
            assertEquals(serves, pool.opened(wire));
        }

        private void says(LambdaInstance instance, Duration leavesIn) {
            succession.says(instance, now(), now() + leavesIn.toNanos());
            pool.leavesIn(instance, leavesIn.toNanos());
        }

        private void lose(Wire wire) {
            assertEquals(wire.idle, pool.lost(wire));
            wire.idle = false;
        }

        private void answer(Wire wire) {
            User user = free(wire);
            user.end();
            pool.answered(user, wire);
        }

        private void reuse(Wire wire) {
            boolean serves = hosts.get(wire.instance()).state == LambdaInstance.State.OPEN;
            User user = free(wire);
            user.end();
            // The pool may assign it within.
            wire.idle = serves;
            assertEquals(serves ? Reuse.PARKED : Reuse.DISMISSED, pool.reuse(user, wire));
        }

        /** What the wire carried once may be another request by now, and the user in another wire. */
        private void endAgain(User user, Wire wire, int how) {
            switch (how % 3) {
                case 0 -> pool.answered(user, wire);
                case 1 -> pool.released(user, wire);
                default -> assertEquals(Reuse.OVER, pool.reuse(user, wire));
            }
        }

        /** Every other user's request is safe to be sent again. */
        private void breaks(Wire wire) {
            if (wire.user == null) {
                return;
            }
            User user = free(wire);
            if (user.arrival % 2 == 0) {
                pool.released(user, wire);
                user.end();
            } else {
                user.waits = true;
                user.queued = time.elapsed();
                pool.retry(user);
            }
        }

        private User free(Wire wire) {
            User user = wire.user;
            wire.user = null;
            released++;
            busyNanos += now() - wire.assignedNanos;
            return user;
        }

        private void pass(Duration duration) {
            time.advance(duration);
            doAfterwards();
            for (User user : users) {
                assertFalse(user.waits && user.overdue().compareTo(TICK) > 0, user + " is forgotten");
            }
            hosts(LambdaInstance.State.STARTING)
                    .forEach(host -> assertTrue(
                            time.nanoTime() - host.instance.startedAtNanos()
                                    <= START_TIMEOUT
                                            .plus(TICK)
                                            .plus(SUPERVISION)
                                            .toNanos(),
                            () -> host.instance + " started "
                                    + Duration.ofNanos(time.nanoTime() - host.instance.startedAtNanos()) + " ago, "
                                    + time + pool.snapshot()));
        }

        @Override
        public void instanceStarting(String poolId, LambdaInstance instance) {
            hosts.put(instance, new Host(instance));
        }

        @Override
        public void instanceDraining(String poolId, LambdaInstance instance, DrainReason why) {
            hosts.get(instance).state = LambdaInstance.State.DRAINING;
        }

        @Override
        public void instanceEnded(String poolId, LambdaInstance instance, InvokeOutcome outcome) {
            hosts.get(instance).state = LambdaInstance.State.CLOSED;
        }

        // Promises

        void check() {
            Observation seen = pool.snapshot();
            assertEquals(pending(), seen.pending(), "pending");
            assertEquals(busy().size(), seen.running(), "running");
            assertEquals(idle().size(), seen.idleChannels(), "idle channels");
            assertEquals(hosts(LambdaInstance.State.STARTING).size(), seen.starting(), "starting");
            assertEquals(hosts(LambdaInstance.State.OPEN).size(), seen.open(), "open");
            assertEquals(hosts(LambdaInstance.State.DRAINING).size(), seen.draining(), "draining");
            assertTrue(seen.isDormant() || !time.nothingScheduled(), "it sleeps over its work");
            assertTrue(seen.present() <= settings.maxInstances(), "more than there may be: " + seen);
            assertEquals(new Flow(arrivals, released, busyNanos), seen.flow(), "flow");
            List<InstanceView> views = pool.instances();
            views.forEach(this::check);
            assertEquals(seen.starting() + seen.open() + seen.draining(), views.size(), "each of them");
            assertEquals(views.stream().filter(InstanceView::isExpiring).count(), seen.expiring(), "expiring");
            boolean canServe =
                    idle().stream().anyMatch(wire -> running(hosts.get(wire.instance())) < settings.maxConcurrent());
            assertFalse(canServe && pending() > 0, "a request waits beside a free slot");
        }

        private void check(InstanceView view) {
            Host host = hosts.values().stream()
                    .filter(each -> each.instance.id().equals(view.id()))
                    .findFirst()
                    .orElseThrow();
            assertEquals(host.state, view.state(), view.id());
            assertEquals(running(host), view.running(), view.id());
            boolean isOpen = host.state == LambdaInstance.State.OPEN;
            boolean mayExpire = isOpen && succession.isDue(host.instance, now());
            boolean mustExpire = isOpen && (host.isExpiring || succession.isOverdue(host.instance, now()));
            assertTrue(view.isExpiring() ? mayExpire : !mustExpire, () -> view + " at " + time);
            host.isExpiring = view.isExpiring();
        }

        /** Instances leave, exchanges end, users run out of patience; nothing may be left. */
        void windDown() {
            lambda.repair();
            if (settings.minInstances() > 0) {
                closed = true;
                pool.close();
            }
            for (int i = 0; i < 4; i++) {
                invoked().forEach(host -> invokeOf(host).answer(ExitReason.SELF_DEADLINE));
                busy().forEach(this::answer);
                pass(REQUEST_TIMEOUT.plusSeconds(3));
                check();
            }
            assertTrue(time.nothingScheduled(), time.toString());
            assertEquals(0, pool.snapshot().idleChannels());
            assertTrue(pool.snapshot().isDormant(), pool.snapshot().toString());
            users.forEach(user -> assertEquals(1, user.ends, user + " never ended"));
            hosts.values()
                    .forEach(host ->
                            assertTrue(pool.instance(host.instance.id()).isEmpty(), "its books hold " + host.instance));
        }
    }
}
