package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.assertReset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Responses that are whole before their requests are. */
class RelayEarlyResponseTest {
    private static final String TOO_LARGE = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno";

    /** Of the user's body. */
    private static final int LENGTH = 1_000;

    private RelayRig rig;

    @BeforeEach
    void start() {
        rig = new RelayRig();
    }

    private MemoryEnd upload(long length) {
        return rig.begin(MemoryEnd.of("POST", "/up").withBody(length)).send("abc");
    }

    private static void assertRefused(MemoryEnd user) {
        assertEquals(413, user.status());
        assertEquals("no", user.taken());
        assertTrue(user.hasEnded(), "they get it at once");
    }

    private void assertCompleted() {
        assertEquals(RequestOutcome.COMPLETED, rig.record().outcome());
        assertEquals(413, rig.record().status());
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void theUserGetsItAtOnceAndTheRestOfTheirUploadIsDropped(Kind kind) {
        for (long length : new long[] {LENGTH, RequestHead.UNKNOWN_LENGTH}) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            MemoryEnd user = upload(length);
            kind.sendLast(channel, TOO_LARGE);
            assertRefused(user);
            assertTrue(user.isOpen(), "who closes a connection on a sender takes the response from them");
            assertReset(channel);
            assertFalse(channel.hasEnded(), "what has come of the request would seem whole");
            assertEquals(0, rig.books().running(), "the slot is free");
            rig.assertServes(rig.open(Kind.REUSABLE));
            rig.records.remove(0);
            String sent = channel.taken();
            user.send("more").send("x".repeat(LENGTH - 7 - 1)).sendLast("y");
            assertEquals(sent, channel.taken());
            assertGot(413, user);
            assertEquals(RequestOutcome.COMPLETED, rig.records.get(0).outcome());
            assertEquals(3, rig.records.get(0).requestBytes(), "what went to the instance");
            assertEquals(0, user.piecesOut());
        }
    }

    /** Its end would come only with that of the upload. */
    @ParameterizedTest
    @EnumSource
    void aUserWhoseContainerCannotEndItAloneIsCompletedAtOnce(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/up").withBody(LENGTH).withoutHalfClose())
                .send("abc");
        kind.sendLast(channel, TOO_LARGE);
        assertGot(413, user);
        assertReset(channel);
        assertEquals(0, user.piecesOut());
        assertCompleted();
    }

    @ParameterizedTest
    @EnumSource
    void theRestIsSentWhenItIsThere(Kind kind) {
        for (long length : new long[] {9, RequestHead.UNKNOWN_LENGTH}) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            MemoryEnd user = upload(length);
            // Nobody has read it yet when the response comes.
            user.onNextRead(() -> {
                user.send("def").sendLast("ghi");
                kind.sendLast(channel, TOO_LARGE);
            });
            user.send("");
            assertGot(413, user);
            String body = RelayRig.bodyIn(channel);
            assertEquals("abcdefghi", length < 0 ? kind.plain(body) : body);
            if (kind.isReusable()) {
                rig.assertServes(channel);
                rig.records.remove(1);
            } else {
                assertTrue(channel.isCompleted());
            }
            assertEquals(RequestOutcome.COMPLETED, rig.record().outcome());
            assertEquals(0, user.piecesOut());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInstanceThatTakesNothingMoreLosesItsChannelButNotTheUser(Kind kind) {
        for (long length : new long[] {LENGTH, RequestHead.UNKNOWN_LENGTH}) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind).stall();
            MemoryEnd user = upload(length);
            channel.goOn().stall();
            user.send("def");
            kind.sendLast(channel, TOO_LARGE);
            assertRefused(user);
            assertReset(channel);
            assertEquals(0, user.piecesOut(), "the piece that was being written");
            user.send("x".repeat(LENGTH - 6)).sendLast("");
            assertGot(413, user);
            assertCompleted();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aUserWhoGoesOnSendingForTooLongIsCutOff(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = upload(RequestHead.UNKNOWN_LENGTH);
        kind.sendLast(channel, TOO_LARGE);
        for (int seconds = 0; seconds < 29; seconds++) {
            user.send("x");
            rig.passUsersTime(Duration.ofSeconds(1));
        }
        assertTrue(user.isOpen());
        for (int seconds = 0; seconds < 4; seconds++) {
            user.send("x");
            rig.passUsersTime(Duration.ofSeconds(1));
        }
        assertTrue(user.isAborted());
        assertRefused(user);
        assertCompleted();
    }

    @ParameterizedTest
    @EnumSource
    void aUserWhoSendsNothingMoreIsCutOffSooner(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = upload(LENGTH);
        kind.sendLast(channel, TOO_LARGE);
        rig.passUsersTime(RelayRig.IDLE.plusSeconds(4));
        assertTrue(user.isAborted());
        assertRefused(user);
        assertCompleted();
    }

    /** How a user goes. */
    enum Going {
        LEAVES,
        BREAKS_OFF
    }

    private static void go(Going how, MemoryEnd user) {
        if (how == Going.LEAVES) {
            user.leave();
        } else {
            user.breakOff();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aUserWhoHasItAndGoesIsServed(Going how) {
        for (Kind kind : Kind.values()) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            MemoryEnd user = upload(LENGTH);
            kind.sendLast(channel, TOO_LARGE);
            go(how, user);
            assertFalse(user.isOpen(), "nobody is left to be waited for");
            assertCompleted();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aUserWhoHasNotTakenItAndGoesIsGone(Going how) {
        for (Kind kind : Kind.values()) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            MemoryEnd user = upload(LENGTH).stall();
            kind.sendLast(channel, TOO_LARGE);
            assertReset(channel);
            assertEquals(0, rig.books().running());
            go(how, user);
            assertTrue(user.isAborted());
            assertFalse(user.hasEnded());
            assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
            rig.assertOver();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aUserWhoNeitherTakesItNorSendsIsIdle(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = upload(LENGTH).stall();
        kind.sendLast(channel, TOO_LARGE);
        rig.passUsersTime(RelayRig.IDLE.plusSeconds(4));
        assertTrue(user.isAborted());
        assertFalse(user.hasEnded());
        assertEquals(RequestOutcome.USER_IDLE, rig.record().outcome());
        rig.assertOver();
    }

    /** The response is whole, and the request too but for what the instance has not taken. */
    @ParameterizedTest
    @EnumSource
    void aChannelThatBreaksUnderTheLastBytesOfARequestGivesThemBack(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/up").withBody(3));
        channel.stall();
        user.sendLast("abc");
        kind.sendLast(channel, TOO_LARGE);
        assertRefused(user);
        // Whose peer has not agreed to read on is not waited for.
        assertEquals(kind == Kind.REUSABLE ? 1 : 0, rig.books().running());
        channel.leave();
        assertReset(channel);
        assertGot(413, user);
        assertCompleted();
    }

    @ParameterizedTest
    @EnumSource
    void aResponseThatGoesOnAfterTheRequestIsNoEarlyOne(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/up").withBody(6)).send("abc");
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
        user.sendLast("def");
        kind.sendLast(channel, "cd");
        assertGot(200, user);
        assertEquals("abcd", user.taken());
        assertEquals(kind.isReusable(), channel.isOpen());
        rig.assertOver();
    }
}
