package io.lambdadispatch.router.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.DrainReason;
import io.lambdadispatch.router.engine.InvokeOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Anything at any time: users and instances that send, stall, break and leave, also in the middle of what the relay is doing. Every
 * request ends once, nobody sees what was meant for another, nothing is kept, and no end is used against the port's contract.
 */
class RelayChaosTest {
    private static final Pattern TARGET = Pattern.compile("(GET|HEAD|POST) (/\\d+) HTTP");

    /** What can happen. */
    enum What {
        GET,
        HEAD,
        POST,
        UPLOAD,
        OPEN,
        USER_SENDS,
        USER_ENDS,
        USER_STALLS,
        USER_GOES_ON,
        USER_LEAVES,
        USER_BREAKS_OFF,
        APP_RESPONDS,
        APP_ENDS,
        APP_SPEAKS_UNASKED,
        APP_STALLS,
        APP_GOES_ON,
        CHANNEL_LEAVES,
        CHANNEL_BREAKS,
        CONNECTION_IS_LOST,
        INSTANCE_DIES,
        INSTANCE_IS_DRAINED,
        TIME_PASSES,
        OTHERS_RUN
    }

    /**
     * One event.
     *
     * @param pick to whom, counted through those there are; or how much
     * @param isWithin whether it happens in the middle of a read, when that is next
     */
    record Event(What kind, int pick, boolean isWithin) {
        @Override
        public String toString() {
            return kind + " " + pick + (isWithin ? " within" : "");
        }
    }

    @Provide
    Arbitrary<List<Event>> schedules() {
        Arbitrary<What> kinds = Arbitraries.frequency(
                Tuple.of(6, What.GET),
                Tuple.of(2, What.HEAD),
                Tuple.of(4, What.POST),
                Tuple.of(4, What.UPLOAD),
                Tuple.of(12, What.OPEN),
                Tuple.of(12, What.USER_SENDS),
                Tuple.of(6, What.USER_ENDS),
                Tuple.of(5, What.USER_STALLS),
                Tuple.of(5, What.USER_GOES_ON),
                Tuple.of(2, What.USER_LEAVES),
                Tuple.of(2, What.USER_BREAKS_OFF),
                Tuple.of(40, What.APP_RESPONDS),
                Tuple.of(4, What.APP_ENDS),
                Tuple.of(1, What.APP_SPEAKS_UNASKED),
                Tuple.of(4, What.APP_STALLS),
                Tuple.of(5, What.APP_GOES_ON),
                Tuple.of(2, What.CHANNEL_LEAVES),
                Tuple.of(2, What.CHANNEL_BREAKS),
                Tuple.of(1, What.CONNECTION_IS_LOST),
                Tuple.of(1, What.INSTANCE_DIES),
                Tuple.of(1, What.INSTANCE_IS_DRAINED),
                Tuple.of(3, What.TIME_PASSES),
                Tuple.of(3, What.OTHERS_RUN));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 30),
                        Arbitraries.integers().between(0, 9))
                .as((kind, pick, within) -> new Event(kind, pick, within == 0))
                .list()
                .ofMinSize(10)
                .ofMaxSize(150);
    }

    /** An app behind a channel: it responds to whatever it is asked, in small pieces. */
    private static final class App {
        private final Kind kind;
        private final MemoryEnd channel;
        private final Deque<String> response = new ArrayDeque<>();
        private boolean hasEnded;

        App(Kind kind, MemoryEnd channel) {
            this.kind = kind;
            this.channel = channel;
        }

        boolean canSend() {
            return !hasEnded && channel.isOpen();
        }

        void respond(int size) {
            if (response.isEmpty() && !ask(size)) {
                return;
            }
            String piece = response.remove();
            boolean isLast = response.isEmpty() && !kind.isReusable();
            hasEnded |= isLast;
            channel.send(RelayRig.bytes(piece), isLast);
        }

        /** Whether there is something to respond to. */
        private boolean ask(int size) {
            Matcher asked = TARGET.matcher(channel.taken());
            if (!asked.find()) {
                return false;
            }
            String body = ("[" + asked.group(2) + "]").repeat(size % 4);
            boolean isHead = asked.group(1).equals("HEAD");
            channel.forgetTaken();
            String text =
                    switch (isHead ? 0 : size % 3) {
                        case 0 ->
                            "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + (isHead ? "" : body);
                        case 1 -> kind.streamedHead() + (body.isEmpty() ? kind.streamed() : kind.streamed(body, body));
                        default -> "HTTP/1.1 204 No Content\r\n\r\n";
                    };
            for (int at = 0; at < text.length(); at += 1 + size) {
                response.add(text.substring(at, Math.min(at + 1 + size, text.length())));
            }
            return true;
        }
    }

    private static final class Run {
        private final RelayRig rig = new RelayRig(3, 2);
        private final List<MemoryEnd> users = new ArrayList<>();
        private final List<MemoryEnd> senders = new ArrayList<>();
        private final List<App> apps = new ArrayList<>();
        private boolean isEnding;

        void happen(Event event) {
            if (isEnding) {
                return;
            }
            if (event.isWithin()) {
                Event now = new Event(event.kind(), event.pick(), false);
                List<MemoryEnd> ends = new ArrayList<>(users);
                apps.forEach(app -> ends.add(app.channel));
                if (!ends.isEmpty()) {
                    ends.get(event.pick() % ends.size()).onNextRead(() -> happen(now));
                }
                return;
            }
            switch (event.kind()) {
                case GET, HEAD -> begin(MemoryEnd.of(event.kind().name(), "/" + users.size()));
                case POST -> senders.add(begin(post().withBody(event.pick())));
                case UPLOAD -> senders.add(begin(post().withBody(RequestHead.UNKNOWN_LENGTH)));
                case OPEN -> open(List.of(Kind.values()).get(event.pick() % 3), event.pick() % 2);
                case TIME_PASSES -> {
                    rig.passUsersTime(Duration.ofSeconds(event.pick()));
                    rig.time.advance(Duration.ofMillis(100L * event.pick()));
                }
                case OTHERS_RUN -> runOthers();
                case INSTANCE_DIES -> rig.test.lambda.start(event.pick() % 3).fail(InvokeOutcome.Reason.LOST);
                case INSTANCE_IS_DRAINED -> rig.pool.drain(rig.instance(event.pick() % 3), DrainReason.OPERATOR);
                case USER_SENDS, USER_ENDS -> {
                    if (!senders.isEmpty()) {
                        send(senders.get(event.pick() % senders.size()), event);
                    }
                }
                case USER_STALLS, USER_GOES_ON, USER_LEAVES, USER_BREAKS_OFF -> {
                    if (!users.isEmpty()) {
                        happen(event.kind(), users.get(event.pick() % users.size()));
                    }
                }
                default -> {
                    if (!apps.isEmpty()) {
                        happen(event, apps.get(event.pick() % apps.size()));
                    }
                }
            }
        }

        private MemoryEnd post() {
            return MemoryEnd.of("POST", "/" + users.size());
        }

        private MemoryEnd begin(MemoryEnd user) {
            users.add(user);
            return rig.begin(user);
        }

        private void open(Kind kind, int instance) {
            MemoryEnd channel = kind.ask();
            apps.add(new App(kind, channel));
            channel.status(200);
            rig.open(kind, rig.instance(instance), channel);
        }

        private void send(MemoryEnd user, Event event) {
            user.send(RelayRig.bytes("x".repeat(event.pick() % 8)), event.kind() == What.USER_ENDS);
            if (event.kind() == What.USER_ENDS) {
                senders.remove(user);
            }
        }

        private void happen(What kind, MemoryEnd user) {
            switch (kind) {
                case USER_STALLS -> user.stall();
                case USER_GOES_ON -> user.goOn();
                case USER_LEAVES -> user.leave();
                default -> user.breakOff();
            }
        }

        private void happen(Event event, App app) {
            switch (event.kind()) {
                case APP_RESPONDS -> {
                    if (app.canSend()) {
                        app.respond(event.pick());
                    }
                }
                case APP_ENDS -> {
                    if (app.canSend()) {
                        app.hasEnded = true;
                        app.channel.sendLast("");
                    }
                }
                case APP_SPEAKS_UNASKED -> {
                    if (app.canSend() && app.response.isEmpty()) {
                        app.channel.send("garbage\r\n\r\n");
                    }
                }
                case APP_STALLS -> app.channel.stall();
                case APP_GOES_ON -> app.channel.goOn();
                case CHANNEL_LEAVES -> app.channel.leave();
                case CHANNEL_BREAKS -> app.channel.breakOff();
                default -> app.channel.loseConnection();
            }
        }

        private void runOthers() {
            List.copyOf(users).forEach(MemoryEnd::runElsewhere);
        }

        /** Who is still there goes, and the router too. */
        void end() {
            isEnding = true;
            apps.forEach(app -> app.channel.goOn());
            users.forEach(MemoryEnd::goOn);
            rig.pool.close();
            rig.pool.abandon();
            rig.time.advance(Duration.ofSeconds(5));
            apps.forEach(app -> app.channel.leave());
            users.forEach(MemoryEnd::leave);
            for (int i = 0; i < 100; i++) {
                runOthers();
            }
        }

        void check() {
            rig.assertOver();
            apps.forEach(app -> assertFalse(app.channel.isOpen(), "a channel was kept"));
            for (int i = 0; i < users.size(); i++) {
                MemoryEnd user = users.get(i);
                String own = "[/" + i + "]";
                if (user.status() == 200) {
                    assertTrue(own.repeat(10).startsWith(user.taken()), own + " has got " + user.taken());
                }
            }
            for (RequestRecord record : rig.records) {
                MemoryEnd user = users.get(Integer.parseInt(record.target().substring(1)));
                if (record.outcome() == RequestOutcome.COMPLETED) {
                    assertTrue(user.hasEnded(), user + " has no end");
                    assertEquals(user.status(), record.status());
                } else {
                    assertTrue(user.isAborted() || user.status() >= 400, user + ": " + record.outcome());
                }
            }
        }
    }

    @Property(tries = 2_000)
    void everythingEndsOnce(@ForAll("schedules") List<Event> schedule) {
        Run run = new Run();
        schedule.forEach(run::happen);
        run.end();
        run.check();
    }
}
