package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What goes in at one side comes out at the other, both ways, in whatever pieces and whoever stalls whenever. */
class RelayPropertiesTest {
    /** One side's next move. */
    enum Move {
        USER_SENDS,
        INSTANCE_SENDS,
        USER_STALLS,
        USER_GOES_ON,
        INSTANCE_STALLS,
        INSTANCE_GOES_ON,
        OTHER_THREADS_RUN
    }

    /**
     * One request and its response.
     *
     * @param isCounted whether both say their lengths
     */
    record Exchanged(List<String> sent, List<String> given, boolean isCounted, List<Move> moves) {}

    @Provide
    Arbitrary<List<Exchanged>> exchanges() {
        Arbitrary<String> piece = Arbitraries.strings().withCharRange('a', 'z').ofMaxLength(40);
        Arbitrary<List<String>> pieces = piece.list().ofMaxSize(8);
        return Combinators.combine(
                        pieces,
                        pieces,
                        Arbitraries.of(true, false),
                        Arbitraries.of(Move.class).list().ofMaxSize(40))
                .as(Exchanged::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Property(tries = 2_000)
    void bytesComeOutAsTheyWentIn(@ForAll Kind kind, @ForAll("exchanges") List<Exchanged> exchanges) {
        RelayRig rig = new RelayRig();
        MemoryEnd channel = rig.open(kind);
        for (Exchanged each : exchanges) {
            if (!channel.isOpen()) {
                channel = rig.open(kind);
            }
            channel.forgetTaken();
            run(rig, kind, channel, each);
        }
        if (kind.isReusable()) {
            rig.assertServes(channel);
        }
        rig.assertOver();
    }

    private static void run(RelayRig rig, Kind kind, MemoryEnd channel, Exchanged each) {
        String sent = String.join("", each.sent());
        String given = String.join("", each.given());
        Deque<String> request = new ArrayDeque<>(each.sent());
        Deque<String> response = new ArrayDeque<>();
        response.add(
                each.isCounted()
                        ? "HTTP/1.1 200 OK\r\nContent-Length: " + given.length() + "\r\n\r\n"
                        : kind.streamedHead());
        List<String> parts =
                each.given().stream().filter(part -> !part.isEmpty()).toList();
        if (each.isCounted()) {
            response.addAll(parts);
        } else {
            // In pieces that have nothing to do with the chunks.
            String body = kind.streamed(parts.toArray(String[]::new));
            for (int at = 0; at < body.length(); at += 7) {
                response.add(body.substring(at, Math.min(at + 7, body.length())));
            }
        }
        MemoryEnd user =
                MemoryEnd.of("POST", "/").withBody(each.isCounted() ? sent.length() : RequestHead.UNKNOWN_LENGTH);
        rig.begin(user);
        for (Move move : each.moves()) {
            switch (move) {
                case USER_SENDS -> sendNext(user, request, true);
                case INSTANCE_SENDS -> {
                    // The last byte only when the request is whole: a channel is reset otherwise.
                    if (response.size() > 1) {
                        sendNext(channel, response, false);
                    } else {
                        channel.send("");
                    }
                }
                case USER_STALLS -> user.stall();
                case USER_GOES_ON -> user.goOn();
                case INSTANCE_STALLS -> channel.stall();
                case INSTANCE_GOES_ON -> channel.goOn();
                case OTHER_THREADS_RUN -> runElsewhere(user);
            }
        }
        channel.goOn();
        while (!request.isEmpty()) {
            sendNext(user, request, true);
        }
        if (each.sent().isEmpty()) {
            user.sendLast("");
        }
        runElsewhere(user);
        String body = RelayRig.bodyIn(channel);
        assertEquals(sent, each.isCounted() ? body : kind.plain(body));
        while (!response.isEmpty()) {
            sendNext(channel, response, !kind.isReusable());
        }
        user.goOn();
        runElsewhere(user);
        assertGot(200, user);
        assertEquals(given, user.taken());
        assertTrue(kind.isReusable() ? channel.isOpen() : channel.isCompleted());
    }

    private static void sendNext(MemoryEnd end, Deque<String> pieces, boolean endsWithThem) {
        String piece = pieces.poll();
        if (piece != null) {
            end.send(RelayRig.bytes(piece), endsWithThem && pieces.isEmpty());
        }
    }

    private static void runElsewhere(MemoryEnd user) {
        while (user.runElsewhere()) {}
    }
}
