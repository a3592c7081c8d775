package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertCut;
import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.assertReset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users who are slow, idle, or do what they should not. */
class RelayUserTest {
    private static final Duration TOO_LONG = RelayRig.IDLE.plusSeconds(4);

    private RelayRig rig = new RelayRig();

    // Slow at the end

    /** Gives a user who stalls all of a response. */
    private MemoryEnd stalling(Kind kind, MemoryEnd channel) {
        MemoryEnd user = rig.begin("GET", "/slow").stall();
        kind.sendLast(channel, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
        assertFalse(user.hasEnded());
        assertEquals(0, rig.books().running(), "a slow user holds no slot");
        return user;
    }

    @ParameterizedTest
    @EnumSource
    void whoHasNotTakenTheLastPieceHoldsNoChannel(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = stalling(kind, channel);
        assertTrue(kind.isReusable() ? channel.isOpen() : channel.isCompleted());
        rig.assertServes(kind.isReusable() ? channel : rig.open(kind));
        assertTrue(user.isOpen());
        assertEquals(1, rig.records.size(), "that is the other one");
        user.goOn();
        assertGot(200, user);
        assertEquals("slow", user.taken());
        assertEquals(RequestOutcome.COMPLETED, rig.records.get(1).outcome());
    }

    @ParameterizedTest
    @EnumSource
    void whoLeavesBeforeTheyHaveTakenTheLastPieceIsGone(Kind kind) {
        MemoryEnd user = stalling(kind, rig.open(kind));
        user.leave();
        assertCut(user);
        assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void whoNeverTakesTheLastPieceIsIdle(Kind kind) {
        MemoryEnd user = stalling(kind, rig.open(kind));
        rig.passUsersTime(TOO_LONG);
        assertCut(user);
        assertEquals(RequestOutcome.USER_IDLE, rig.record().outcome());
        rig.assertOver();
    }

    @Test
    void manyMayBeSlowInOneChannel() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd first = stalling(Kind.REUSABLE, channel);
        MemoryEnd second = stalling(Kind.REUSABLE, channel);
        MemoryEnd third = stalling(Kind.REUSABLE, channel);
        second.goOn();
        third.leave();
        first.goOn();
        assertGot(200, first);
        assertGot(200, second);
        assertCut(third);
        rig.assertServes(channel);
        rig.assertOver();
    }

    // Backpressure

    @ParameterizedTest
    @EnumSource
    void nothingIsReadForAUserWhoTakesNothing(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/").stall();
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n").send("ab").send("cd");
        assertEquals(1, channel.piecesOut(), "one piece at a time");
        assertFalse(channel.isAwaited());
        user.goOn();
        kind.sendLast(channel, "ef");
        assertEquals("abcdef", user.taken());
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsReadForAnInstanceThatTakesNothing(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(6));
        channel.stall();
        user.send("ab").send("cd").send("ef");
        assertEquals(1, user.piecesOut());
        assertFalse(user.isAwaited());
        channel.goOn();
        assertEquals("abcdef", RelayRig.bodyIn(channel));
        kind.sendLast(channel, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertGot(200, user);
        rig.assertOver();
    }

    // Idle, or not

    @ParameterizedTest
    @EnumSource
    void whoMovesABitNowAndThenIsNotIdle(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(10));
        for (int i = 0; i < 10; i++) {
            rig.passUsersTime(RelayRig.IDLE.minusSeconds(3));
            user.send("x");
        }
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        for (int i = 0; i < 9; i++) {
            user.stall();
            channel.send("y");
            rig.passUsersTime(RelayRig.IDLE.minusSeconds(3));
            user.goOn();
        }
        kind.sendLast(channel, "y");
        assertGot(200, user);
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsForTheAppWaitsAsLongAsItTakes(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/poll");
        rig.passUsersTime(Duration.ofHours(1));
        channel.send(kind.streamedHead());
        rig.passUsersTime(Duration.ofHours(1));
        assertTrue(user.isOpen());
        kind.sendLast(channel, kind.streamed("after all"));
        assertGot(200, user);
        assertEquals("after all", user.taken());
        rig.assertOver();
    }

    @Test
    void whoWasHeldUpByTheAppHasAllTheirTimeAgain() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(4));
        channel.stall();
        user.send("ab");
        rig.passUsersTime(Duration.ofHours(1));
        channel.goOn();
        rig.passUsersTime(RelayRig.IDLE.minusSeconds(3));
        assertTrue(user.isOpen());
        user.send("cd");
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertGot(200, user);
        rig.assertOver();
    }

    @Test
    void aRouterThatStoodStillBlamesNoUser() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(2));
        rig.standStill(Duration.ofHours(1));
        assertTrue(user.isOpen());
        user.sendLast("ab");
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertGot(200, user);
        rig.assertOver();
    }

    @Test
    void endsAtWhichNothingMovesAreAskedToLookAgain() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/");
        rig.passUsersTime(Duration.ofSeconds(5));
        assertTrue(user.lookedAgain() > 0);
        assertTrue(channel.lookedAgain() > 0);
        user.stall();
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        int before = channel.lookedAgain();
        rig.passUsersTime(Duration.ofSeconds(10));
        assertTrue(user.lookedAgain() > 3);
        assertEquals(before, channel.lookedAgain(), "it is not this request's any more");
        user.goOn();
        rig.assertOver();
    }

    // Bodies that are not what they say

    @ParameterizedTest
    @EnumSource
    void aBodyThatEndsTooEarlyNeverSeemsWhole(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(4));
        user.send("ab").sendLast("c");
        assertCut(user);
        assertReset(channel);
        assertFalse(channel.hasEnded());
        assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
        rig.assertOver();
    }

    /** The app would take the rest for the next request. */
    @ParameterizedTest
    @ValueSource(strings = {"abcdX", "dGET / HTTP/1.1\r\n\r\n"})
    void aBodyThatIsLongerThanItSaysIsNotPassedOn(String last) {
        for (Kind kind : Kind.values()) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(last.startsWith("a") ? 4 : 1));
            user.send(last);
            assertEquals("", RelayRig.bodyIn(channel));
            assertCut(user);
            assertReset(channel);
            assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
            rig.assertOver();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyOfUnknownLengthThatBreaksOffNeverSeemsWhole(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(RequestHead.UNKNOWN_LENGTH));
        user.send("ab").breakOff();
        assertCut(user);
        assertReset(channel);
        assertFalse(channel.hasEnded());
        assertFalse(channel.taken().endsWith("0\r\n\r\n"));
        rig.assertOver();
    }

    // Containers that throw

    @ParameterizedTest
    @ValueSource(strings = {"", "ab", "abc"})
    void aUserWhoCannotBeWrittenToIsGone(String part) {
        for (Kind kind : Kind.values()) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            MemoryEnd user = rig.begin(MemoryEnd.of("DELETE", "/").thatThrows());
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + part);
            if (part.length() == 3 && !kind.isReusable()) {
                channel.sendLast("");
            }
            assertCut(user);
            assertFalse(channel.isOpen() && !kind.isReusable());
            assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
            rig.assertOver();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aChannelThatCannotBeWrittenToIsBroken(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(4));
        channel.thatThrows();
        user.send("ab");
        assertGot(502, user);
        assertReset(channel);
        assertEquals(RequestOutcome.INSTANCE_FAILED, rig.record().outcome());
        rig.assertOver();
    }
}
