package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.assertReset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Channels in which nothing runs. */
class RelayParkedChannelTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private RelayRig rig = new RelayRig();

    /** What an instance does, or what happens to it. */
    enum What {
        IS_RESET,
        LEAVES,
        ENDS,
        SPEAKS
    }

    private static void happen(What what, MemoryEnd channel) {
        switch (what) {
            case IS_RESET -> channel.breakOff();
            case LEAVES -> channel.leave();
            case ENDS -> channel.sendLast("");
            case SPEAKS -> channel.send(OK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneThatBreaksOrSpeaksUnaskedIsForgotten(What what) {
        for (Kind kind : Kind.values()) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            assertEquals(1, rig.books().idleChannels());
            happen(what, channel);
            assertReset(channel);
            assertEquals(0, rig.books().idleChannels());
            MemoryEnd other = rig.open(kind);
            rig.assertServes(other);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneThatBreaksBetweenTwoRequestsIsForgotten(What what) {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        rig.assertServes(channel);
        happen(what, channel);
        assertReset(channel);
        assertEquals(0, rig.books().idleChannels());
        rig.assertOver();
    }

    @Test
    void nothingButEmptyPiecesDoesNoHarm() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        channel.send("").send("");
        rig.assertServes(channel);
        channel.send("");
        rig.assertServes(channel);
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void aResponseThatIsReadByWhoLooksAfterAParkedChannelIsNotLost(Kind kind) {
        MemoryEnd channel = kind.ask();
        MemoryEnd user = MemoryEnd.of("GET", "/");
        // Another thread: the request comes, is sent and answered while the channel is looked at that seemed idle.
        channel.onNextRead(() -> {
            rig.begin(user);
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        });
        rig.open(kind, rig.instance(0), channel);
        assertEquals(200, user.status());
        kind.sendLast(channel, "ok");
        assertGot(200, user);
        assertEquals("ok", user.taken());
        rig.assertOver();
    }

    @Test
    void anEndThatIsReadByWhoLooksAfterAParkedChannelBreaksTheRequest() {
        MemoryEnd channel = Kind.REUSABLE.ask();
        MemoryEnd user = MemoryEnd.of("DELETE", "/");
        channel.onNextRead(() -> {
            rig.begin(user);
            channel.sendLast("");
        });
        rig.open(Kind.REUSABLE, rig.instance(0), channel);
        assertGot(502, user);
        assertReset(channel);
        rig.assertOver();
    }

    @Test
    void aResponseThatNobodyWantsAnyMoreIsGivenBackAllTheSame() {
        MemoryEnd channel = Kind.REUSABLE.ask();
        MemoryEnd user = MemoryEnd.of("GET", "/");
        channel.onNextRead(() -> {
            rig.begin(user);
            channel.send(OK);
            user.leave();
        });
        rig.open(Kind.REUSABLE, rig.instance(0), channel);
        assertTrue(user.isAborted());
        assertReset(channel);
        rig.assertOver();
    }

    @Test
    void onesThatAreLostWhileTheyAreOpenedAreNeverUsed() {
        MemoryEnd failed = Kind.REUSABLE.ask().stall();
        rig.open(Kind.REUSABLE, rig.instance(0), failed);
        assertEquals(0, rig.books().idleChannels(), "its status is not out yet");
        failed.breakOff();
        assertReset(failed);
        assertEquals(0, rig.books().idleChannels());
        MemoryEnd user = rig.begin("DELETE", "/");
        rig.assertServesWaiting(rig.open(Kind.REUSABLE), user);
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void thoseOfASilentInstanceAreClosed(Kind kind) {
        rig = RelayRig.withSilence(Duration.ofSeconds(10));
        MemoryEnd channel = rig.open(kind);
        rig.time.advance(Duration.ofSeconds(11));
        assertReset(channel);
        assertFalse(rig.pool.isServing(rig.instance(0)));
        assertEquals(0, rig.books().idleChannels());
        rig.assertOver();
    }

    @Test
    void aWholeConnectionThatIsLostTakesItsInstanceOut() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd other = rig.open(Kind.REUSABLE);
        channel.loseConnection();
        assertReset(channel);
        assertEquals(0, rig.books().idleChannels());
        assertFalse(rig.pool.isServing(rig.instance(0)));
        MemoryEnd user = rig.begin("GET", "/");
        assertTrue(other.isOpen(), "it does not know yet");
        other.breakOff();
        assertReset(other);
        assertEquals(1, rig.books().pending());
        user.leave();
        rig.assertOver();
    }
}
