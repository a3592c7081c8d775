package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.Dispatcher.Admission;
import io.lambdadispatch.router.engine.Dispatcher.Opening;
import io.lambdadispatch.router.engine.Dispatcher.Parking;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * The books under random schedules of events, each compared with a model that knows nothing of buckets, links and counters:
 * it searches through plain lists. A schedule that fails is shrunk to the few events that matter.
 */
class DispatcherPropertiesTest {
    private static final long TIMEOUT_NANOS = 100;

    /** What can happen. Events that come too late, twice or to the wrong one are among them. */
    enum Kind {
        SUBMIT,
        CANCEL,
        ADD,
        OPEN,
        LOSE,
        ANSWER,
        REUSE,
        BREAK,
        RETRY,
        RETRY_WRONGLY,
        DRAIN,
        END,
        EXPIRE,
        TIME,
        OBSERVE,
        CLOSE
    }

    /**
     * One event.
     *
     * @param pick to whom, counted through those there are
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
                Tuple.of(30, Kind.SUBMIT),
                Tuple.of(5, Kind.CANCEL),
                Tuple.of(6, Kind.ADD),
                Tuple.of(30, Kind.OPEN),
                Tuple.of(4, Kind.LOSE),
                Tuple.of(12, Kind.ANSWER),
                Tuple.of(16, Kind.REUSE),
                Tuple.of(8, Kind.BREAK),
                Tuple.of(8, Kind.RETRY),
                Tuple.of(2, Kind.RETRY_WRONGLY),
                Tuple.of(2, Kind.DRAIN),
                Tuple.of(2, Kind.END),
                Tuple.of(4, Kind.EXPIRE),
                Tuple.of(6, Kind.TIME),
                Tuple.of(3, Kind.OBSERVE),
                Tuple.of(1, Kind.CLOSE));
        Arbitrary<Event> events = Combinators.combine(
                        kinds, Arbitraries.integers().between(0, 60).withDistribution(RandomDistribution.uniform()))
                .as(Event::new);
        return events.list().ofMaxSize(200).withSizeDistribution(RandomDistribution.uniform());
    }

    @Provide
    Arbitrary<Long> epochs() {
        return Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.longs().between(Long.MAX_VALUE - 300, Long.MAX_VALUE),
                Arbitraries.longs().between(-300, 0));
    }

    @Property(tries = 5_000, edgeCases = EdgeCasesMode.NONE)
    void keepsItsPromisesWhateverHappens(
            @ForAll @IntRange(min = 1, max = 4) int maxRunning,
            @ForAll @IntRange(max = 8) int maxQueued,
            @ForAll("epochs") long epoch,
            @ForAll("schedules") List<Event> schedule) {
        Model model = new Model(maxRunning, maxQueued, epoch);
        for (Event event : schedule) {
            model.happens(event);
            model.check();
        }
        model.windDown();
    }

    /** An instance as the model sees it. */
    private static final class Host {
        final LambdaInstance real;
        LambdaInstance.State state = LambdaInstance.State.STARTING;
        final Set<Channel> idle = new HashSet<>();
        final Set<Channel> busy = new HashSet<>();
        int answered;

        Host(LambdaInstance real) {
            this.real = real;
        }
    }

    /** A request as the model sees it. */
    private static final class User {
        enum Status {
            WAITING,
            RUNNING,
            /** Its channel broke; it may be retried. */
            BROKEN,
            ANSWERED,
            REFUSED
        }

        final TestRequest real;
        final int arrival;
        final long arrivedAtNanos;
        Status status;
        Channel channel;
        int ends;

        User(int arrival, long arrivedAtNanos) {
            this.real = new TestRequest("user " + arrival);
            this.arrival = arrival;
            this.arrivedAtNanos = arrivedAtNanos;
        }

        void end(Status how) {
            status = how;
            ends++;
            assertEquals(1, ends, this + " ended twice");
        }

        @Override
        public String toString() {
            return real.toString();
        }
    }

    /** A request and a channel that it got, now or once. */
    private record Assignment(User user, Channel channel) {
        boolean isGoing() {
            return user.status == User.Status.RUNNING && user.channel == channel;
        }
    }

    /** The books kept the slow and obvious way. */
    private static final class Model {
        private final int maxRunning;
        private final int maxQueued;
        private final Roster roster;
        private final Dispatcher dispatcher;
        private final List<Host> hosts = new ArrayList<>();
        private final List<User> users = new ArrayList<>();
        private final List<Channel> channels = new ArrayList<>();
        private final List<Assignment> assignments = new ArrayList<>();
        private final Map<PendingRequest, User> userOf = new HashMap<>();
        private long now;
        private int peak;
        private boolean closed;

        Model(int maxRunning, int maxQueued, long epoch) {
            this.maxRunning = maxRunning;
            this.maxQueued = maxQueued;
            this.roster = new Roster(maxRunning);
            this.dispatcher = new Dispatcher(roster, maxQueued);
            this.now = epoch;
        }

        // What the model knows

        private List<User> withStatus(User.Status status) {
            return users.stream().filter(user -> user.status == status).toList();
        }

        private Optional<User> firstWaiting() {
            return users.stream()
                    .filter(user -> user.status == User.Status.WAITING)
                    .min(Comparator.comparingInt(user -> user.arrival));
        }

        private List<Host> selectable() {
            return hosts.stream()
                    .filter(host -> host.state == LambdaInstance.State.OPEN)
                    .filter(host -> host.busy.size() < maxRunning && !host.idle.isEmpty())
                    .toList();
        }

        private Host hostOf(Channel channel) {
            return hosts.stream()
                    .filter(host -> host.real == channel.instance())
                    .findFirst()
                    .orElseThrow();
        }

        private int running() {
            return hosts.stream().mapToInt(host -> host.busy.size()).sum();
        }

        private int count(LambdaInstance.State state) {
            return (int) hosts.stream().filter(host -> host.state == state).count();
        }

        // Events

        void happens(Event event) {
            switch (event.kind()) {
                case SUBMIT -> submit();
                case ADD -> add();
                case TIME -> now += event.pick();
                case EXPIRE -> expire();
                case OBSERVE -> observe();
                case CLOSE -> {
                    dispatcher.close();
                    closed = true;
                }
                case OPEN, DRAIN, END -> {
                    if (!hosts.isEmpty()) {
                        happensTo(event.of(hosts), event.kind());
                    }
                }
                case LOSE -> {
                    if (!channels.isEmpty()) {
                        lose(event.of(channels));
                    }
                }
                case ANSWER, REUSE, BREAK -> {
                    // Most of those there ever were are over: their second end comes late.
                    boolean mayBeLate = event.pick() % 4 == 0;
                    List<Assignment> some = assignments.stream()
                            .filter(one -> mayBeLate || one.isGoing())
                            .toList();
                    if (!some.isEmpty()) {
                        happensTo(event.of(some), event.kind());
                    }
                }
                case CANCEL, RETRY_WRONGLY -> {
                    if (!users.isEmpty()) {
                        happensTo(event.of(users), event.kind());
                    }
                }
                case RETRY -> {
                    List<User> failed = users.stream()
                            .filter(user -> user.status == User.Status.BROKEN || user.status == User.Status.RUNNING)
                            .toList();
                    if (!failed.isEmpty()) {
                        retry(event.of(failed));
                    }
                }
            }
        }

        private void happensTo(Host host, Kind kind) {
            if (kind == Kind.OPEN) {
                open(host);
            } else if (kind == Kind.DRAIN) {
                drain(host);
            } else {
                end(host);
            }
        }

        private void happensTo(Assignment assignment, Kind kind) {
            if (kind == Kind.REUSE) {
                reuse(assignment);
            } else {
                release(assignment, kind == Kind.BREAK ? User.Status.BROKEN : User.Status.ANSWERED);
            }
        }

        private void happensTo(User user, Kind kind) {
            if (kind == Kind.CANCEL) {
                cancel(user);
            } else if (user.status != User.Status.RUNNING && user.status != User.Status.BROKEN) {
                assertThrows(IllegalStateException.class, () -> dispatcher.resubmit(user.real, now));
            }
        }

        private void submit() {
            User user = new User(users.size(), now);
            userOf.put(user.real, user);
            Admission expected = closed
                    ? Admission.CLOSED
                    : !selectable().isEmpty()
                            ? Admission.ASSIGNED
                            : withStatus(User.Status.WAITING).size() < maxQueued
                                    ? Admission.QUEUED
                                    : Admission.QUEUE_FULL;
            assertEquals(expected, dispatcher.submit(user.real, now));
            users.add(user);
            switch (expected) {
                case ASSIGNED -> assigned(user);
                case QUEUED -> user.status = User.Status.WAITING;
                case QUEUE_FULL, CLOSED -> user.end(User.Status.REFUSED);
            }
        }

        private void retry(User user) {
            hostOf(user.channel).busy.remove(user.channel);
            user.status = User.Status.WAITING;
            matched(nextMatch(), dispatcher.resubmit(user.real, now).matched());
        }

        private void cancel(User user) {
            assertEquals(user.status == User.Status.WAITING, dispatcher.cancel(user.real));
            if (user.status == User.Status.WAITING) {
                user.end(User.Status.REFUSED);
            }
        }

        private void expire() {
            User first = firstWaiting()
                    .filter(user -> now - user.arrivedAtNanos >= TIMEOUT_NANOS)
                    .orElse(null);
            assertSame(first == null ? null : first.real, dispatcher.takeOverdue(now, TIMEOUT_NANOS));
            if (first != null) {
                first.end(User.Status.REFUSED);
            }
        }

        private void add() {
            Host host = new Host(new LambdaInstance("host " + hosts.size(), "token", now));
            hosts.add(host);
            roster.add(host.real);
        }

        private void open(Host host) {
            TestChannel channel = new TestChannel(host.real);
            channels.add(channel);
            boolean first = host.state == LambdaInstance.State.STARTING;
            boolean accepted = first || host.state == LambdaInstance.State.OPEN;
            if (accepted) {
                host.state = LambdaInstance.State.OPEN;
                host.idle.add(channel);
            }
            User expected = accepted ? nextMatch() : null;
            Opening opening = dispatcher.open(channel, now);
            assertEquals(accepted, opening.accepted());
            assertEquals(first, opening.first());
            matched(expected, opening.matched());
        }

        private void lose(Channel channel) {
            assertEquals(hostOf(channel).idle.remove(channel), dispatcher.lose(channel));
        }

        private void release(Assignment assignment, User.Status how) {
            boolean isAnswered = how == User.Status.ANSWERED;
            boolean wasGoing = assignment.isGoing();
            if (isAnswered) {
                answered(assignment);
            } else if (wasGoing) {
                hostOf(assignment.channel).busy.remove(assignment.channel);
                assignment.user.status = how;
            }
            matched(
                    wasGoing ? nextMatch() : null,
                    dispatcher.release(assignment.user.real, assignment.channel, isAnswered, now));
        }

        private void reuse(Assignment assignment) {
            Host host = hostOf(assignment.channel);
            boolean wasGoing = assignment.isGoing();
            boolean isParked = wasGoing && host.state == LambdaInstance.State.OPEN;
            answered(assignment);
            if (isParked) {
                host.idle.add(assignment.channel);
            }
            User next = isParked ? nextMatch() : null;
            Parking expected = !wasGoing
                    ? Parking.OVER
                    : !isParked ? Parking.DISMISSED : next == null ? Parking.IDLE : Parking.TAKEN;
            assertEquals(expected, dispatcher.reuse(assignment.user.real, assignment.channel, now));
            matched(next, expected == Parking.TAKEN ? assignment.channel.request : null);
        }

        private void answered(Assignment assignment) {
            if (assignment.isGoing()) {
                Host host = hostOf(assignment.channel);
                assertTrue(host.busy.remove(assignment.channel));
                host.answered++;
                assignment.user.end(User.Status.ANSWERED);
            }
        }

        private void drain(Host host) {
            boolean serves = host.state == LambdaInstance.State.STARTING || host.state == LambdaInstance.State.OPEN;
            Optional<List<Channel>> parked = roster.drain(host.real);
            assertEquals(serves, parked.isPresent());
            if (serves) {
                host.state = LambdaInstance.State.DRAINING;
                assertEquals(host.idle, new HashSet<>(parked.get()));
                host.idle.clear();
            }
        }

        private void end(Host host) {
            Optional<Roster.Ending> ending = roster.end(host.real);
            assertEquals(host.state != LambdaInstance.State.CLOSED, ending.isPresent());
            host.state = LambdaInstance.State.CLOSED;
            ending.ifPresent(end -> assertEquals(host.idle, new HashSet<>(end.parked())));
            host.idle.clear();
        }

        private void observe() {
            assertEquals(peak, dispatcher.observeAndResetPeak().peakRunning());
            peak = running();
        }

        // Matches

        private User nextMatch() {
            return selectable().isEmpty() ? null : firstWaiting().orElse(null);
        }

        private void matched(User expected, PendingRequest matched) {
            assertSame(expected, matched == null ? null : userOf.get(matched), "not in order of arrival");
            if (expected != null) {
                assigned(expected);
            }
        }

        private void assigned(User user) {
            Channel channel = user.real.channel;
            Host host = hostOf(channel);
            int least =
                    selectable().stream().mapToInt(one -> one.busy.size()).min().orElseThrow();
            assertEquals(LambdaInstance.State.OPEN, host.state);
            assertEquals(least, host.busy.size(), "another instance runs less");
            assertTrue(host.idle.remove(channel), "the channel was not idle");
            host.busy.add(channel);
            assertTrue(host.busy.size() <= maxRunning);
            user.status = User.Status.RUNNING;
            user.channel = channel;
            assignments.add(new Assignment(user, channel));
            peak = Math.max(peak, running());
        }

        // Promises

        void check() {
            int pending = withStatus(User.Status.WAITING).size();
            assertEquals(
                    Books.of(
                            pending,
                            running(),
                            peak,
                            hosts.stream().mapToInt(host -> host.idle.size()).sum(),
                            count(LambdaInstance.State.STARTING),
                            count(LambdaInstance.State.OPEN),
                            count(LambdaInstance.State.DRAINING)),
                    Books.in(dispatcher));
            assertFalse(pending > 0 && !selectable().isEmpty(), "a request waits beside a free slot");
            for (Host host : hosts) {
                assertEquals(host.state, roster.stateOf(host.real));
                assertEquals(host.busy, new HashSet<>(roster.busyChannels(host.real)));
                assertEquals(host.answered, host.real.answered);
                assertSame(host.state == LambdaInstance.State.CLOSED ? null : host.real, roster.find(host.real.id()));
            }
        }

        /** Everybody leaves; nothing may be left. */
        void windDown() {
            for (Assignment assignment : List.copyOf(assignments)) {
                release(assignment, User.Status.ANSWERED);
                check();
            }
            users.forEach(this::cancel);
            List.copyOf(assignments).forEach(assignment -> release(assignment, User.Status.ANSWERED));
            withStatus(User.Status.BROKEN).forEach(user -> user.end(User.Status.REFUSED));
            hosts.forEach(this::end);
            check();
            observe();
            assertEquals(Books.of(0, 0, 0, 0, 0, 0, 0), Books.in(dispatcher));
            assertEquals(List.of(), roster.all());
            assertNull(dispatcher.leastBusy());
            users.forEach(user -> assertEquals(1, user.ends, user + " never ended"));
        }
    }
}
