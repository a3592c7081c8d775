package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertCut;
import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.assertReset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.InvokeOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever ends whenever, of a request that may not be sent again: what its user sees, and what becomes of the channel. */
class RelayEndingsTest {
    /** How far it has come. */
    enum Stage {
        /** The instance has the request, and thinks. */
        ASKED,
        /** The response's head has come. */
        HEADED,
        /** A part of its body has. */
        IN_BODY,
        /** That was not taken by the user. */
        USER_STALLS,
        /** All of it has come, and was not taken. */
        LAST_STALLS,
        /** Half of the request was sent. */
        UPLOADING,
        /** And is not taken by the instance. */
        UPLOAD_STALLS
    }

    /** What happens. */
    enum What {
        USER_LEAVES,
        USER_BREAKS_OFF,
        USER_IDLES,
        CHANNEL_IS_RESET,
        CHANNEL_LEAVES,
        CHANNEL_ENDS,
        CONNECTION_IS_LOST,
        INSTANCE_DIES,
        ROUTER_ABANDONS;

        boolean isUsers() {
            return name().startsWith("USER_");
        }
    }

    /** What comes of it. */
    enum Fate {
        /** The user was broken off, for they had left. */
        GONE,
        /** The user was broken off, for they did not move. */
        IDLE,
        /** The user was told that they did not move. */
        TOLD_408,
        /** The user was told that the instance failed. */
        TOLD_502,
        /** The user was broken off, for the instance failed. */
        CUT,
        /** Nothing: the user is served. */
        SERVED
    }

    // ASKED, HEADED, IN_BODY, USER_STALLS, LAST_STALLS, UPLOADING, UPLOAD_STALLS
    private static List<String> fates(What what) {
        String row =
                switch (what) {
                    case USER_LEAVES, USER_BREAKS_OFF -> "GONE     GONE   GONE   GONE GONE   GONE     GONE";
                    case USER_IDLES -> "              SERVED   SERVED SERVED IDLE IDLE   TOLD_408 SERVED";
                    case CHANNEL_IS_RESET,
                            CHANNEL_LEAVES,
                            CHANNEL_ENDS,
                            CONNECTION_IS_LOST,
                            INSTANCE_DIES,
                            ROUTER_ABANDONS -> "      TOLD_502 CUT    CUT    CUT  SERVED TOLD_502 TOLD_502";
                };
        return List.of(row.trim().split(" +", -1));
    }

    /** One cell of the table. */
    record Case(Kind kind, Stage stage, What what, Fate fate) {
        boolean isUploading() {
            return stage == Stage.UPLOADING || stage == Stage.UPLOAD_STALLS;
        }

        @Override
        public String toString() {
            return kind + " " + stage + ": " + what + " → " + fate;
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (What what : What.values()) {
            List<String> fates = fates(what);
            for (Kind kind : Kind.values()) {
                for (int i = 0; i < Stage.values().length; i++) {
                    cases.add(new Case(kind, Stage.values()[i], what, Fate.valueOf(fates.get(i))));
                }
            }
        }
        return cases.stream();
    }

    private final RelayRig rig = new RelayRig(2, 1);
    private MemoryEnd channel;
    private MemoryEnd user;

    @ParameterizedTest
    @MethodSource("cases")
    void endsAsTheTableSays(Case it) {
        bringTo(it);
        happen(it.what());
        if (it.fate() == Fate.SERVED) {
            assertTrue(user.isOpen(), "it ended too early");
            serve(it);
        } else if (it.what() == What.CHANNEL_ENDS) {
            // The end comes behind what the user has still to take.
            user.goOn();
        }
        assertSeen(it);
        assertChannel(it);
        rig.assertOver();
        assertOthersAreServed(it);
    }

    private void bringTo(Case it) {
        channel = rig.open(it.kind());
        user = rig.begin(
                it.isUploading()
                        ? MemoryEnd.of("POST", "/").withBody(10)
                        : MemoryEnd.of("DELETE", "/").over("HTTP/2.0"));
        if (it.stage() == Stage.USER_STALLS || it.stage() == Stage.LAST_STALLS) {
            user.stall();
        }
        switch (it.stage()) {
            case ASKED -> {}
            case HEADED -> channel.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            case IN_BODY, USER_STALLS -> channel.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
            case LAST_STALLS -> channel.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
            case UPLOADING -> user.send("abcde");
            case UPLOAD_STALLS -> {
                channel.stall();
                user.send("abcde");
            }
        }
    }

    private void happen(What what) {
        switch (what) {
            case USER_LEAVES -> user.leave();
            case USER_BREAKS_OFF -> user.breakOff();
            case USER_IDLES -> rig.passUsersTime(RelayRig.IDLE.plusSeconds(4));
            case CHANNEL_IS_RESET -> channel.breakOff();
            case CHANNEL_LEAVES -> channel.leave();
            case CHANNEL_ENDS -> channel.sendLast("");
            case CONNECTION_IS_LOST -> channel.loseConnection();
            case INSTANCE_DIES -> {
                rig.test.lambda.start(0).fail(InvokeOutcome.Reason.FUNCTION_ERROR);
                rig.time.advance(Duration.ofSeconds(2));
            }
            case ROUTER_ABANDONS -> {
                rig.pool.close();
                rig.pool.abandon();
            }
        }
    }

    /** What is left is done: nothing had ended. */
    private void serve(Case it) {
        channel.goOn();
        if (it.isUploading()) {
            user.send("fghij");
        }
        switch (it.stage()) {
            case ASKED, UPLOADING, UPLOAD_STALLS ->
                it.kind().sendLast(channel, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
            case HEADED -> it.kind().sendLast(channel, "0123456789");
            case IN_BODY, USER_STALLS -> it.kind().sendLast(channel, "56789");
            case LAST_STALLS -> {}
        }
        user.goOn();
    }

    private void assertSeen(Case it) {
        switch (it.fate()) {
            case GONE, IDLE, CUT -> assertCut(user);
            case TOLD_408 -> {
                assertGot(408, user);
                assertTrue(user.responseFields().contains("Connection: close"));
            }
            case TOLD_502 -> assertGot(502, user);
            case SERVED -> {
                assertGot(200, user);
                assertEquals("0123456789", user.taken());
            }
        }
        RequestOutcome outcome =
                switch (it.fate()) {
                    case GONE -> RequestOutcome.USER_GONE;
                    case IDLE, TOLD_408 -> RequestOutcome.USER_IDLE;
                    case TOLD_502, CUT -> RequestOutcome.INSTANCE_FAILED;
                    case SERVED -> RequestOutcome.COMPLETED;
                };
        assertEquals(outcome, rig.record().outcome());
        assertEquals(user.status(), rig.record().status(), "what the record says");
        assertFalse(rig.record().isRetried());
        assertEquals("c1", rig.record().channel());
    }

    private void assertChannel(Case it) {
        if (it.stage() != Stage.LAST_STALLS) {
            if (it.fate() == Fate.SERVED) {
                assertWell(it.kind());
            } else {
                assertReset(channel);
                assertFalse(it.isUploading() && channel.hasEnded(), "a part of a request seems whole");
            }
        } else if (it.what().isUsers()) {
            // A user who takes nothing holds no channel.
            if (!it.kind().isReusable()) {
                channel.sendLast("");
            }
            assertWell(it.kind());
        } else if (!it.kind().isReusable() && it.what() == What.CHANNEL_ENDS) {
            assertWell(it.kind());
        } else if (it.kind().isReusable() && (it.what() == What.INSTANCE_DIES || it.what() == What.ROUTER_ABANDONS)) {
            rig.time.runDue();
            assertTrue(channel.taken().contains("goaway"), "it is parked, and told to go");
            channel.sendLast("");
            assertTrue(channel.isCompleted());
        } else {
            assertReset(channel);
        }
    }

    private void assertWell(Kind kind) {
        if (kind.isReusable()) {
            assertEquals(1, rig.books().idleChannels());
            rig.assertServes(channel);
        } else {
            assertTrue(channel.isCompleted());
        }
    }

    /** By the other instance, unless the router is leaving. */
    private void assertOthersAreServed(Case it) {
        if (it.what() != What.ROUTER_ABANDONS) {
            MemoryEnd other = rig.open(Kind.REUSABLE, rig.instance(1));
            channel.forgetTaken();
            MemoryEnd next = rig.begin("GET", "/other");
            rig.assertServesWaiting(RelayRig.target(other).equals("/other") ? other : channel, next);
        }
    }
}
