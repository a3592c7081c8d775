package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.assertReset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.DrainReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Instances that are to leave are told so through their channels, and finish what they run. */
class RelayGoAwayTest {
    private static final String GO_AWAY = "GET /_lambda_dispatch/goaway HTTP/1.1\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final RelayRig rig = new RelayRig(1, 4);

    private void drain() {
        rig.pool.drain(rig.instance(0), DrainReason.OPERATOR);
    }

    private static void assertTold(MemoryEnd channel) {
        assertEquals(GO_AWAY, channel.taken());
        assertEquals(channel.halfCloses(), channel.hasEnded());
        assertTrue(channel.isOpen(), "the instance has still to end its side");
    }

    @ParameterizedTest
    @EnumSource
    void aParkedChannelIsToldAndEndsWhenItsInstanceEndsIt(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        drain();
        assertTold(channel);
        channel.send("HTTP/1.1 200 OK\r\n\r\nas the reference responds");
        assertTrue(channel.isOpen());
        channel.sendLast("");
        assertTrue(channel.isCompleted());
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void aDismissedChannelThatBreaksIsOver(Kind kind) {
        for (boolean isTold : new boolean[] {true, false}) {
            MemoryEnd channel = rig.open(kind);
            drain();
            if (isTold) {
                channel.leave();
            } else {
                channel.breakOff();
            }
            assertEquals(GO_AWAY, channel.taken());
            assertReset(channel);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aChannelThatIsOpenedTooLateIsTold(Kind kind) {
        rig.open(kind);
        drain();
        MemoryEnd late = rig.open(kind);
        assertTold(late);
        late.sendLast("");
        assertTrue(late.isCompleted());
    }

    @Test
    void aReusedChannelThatIsBusyFinishesAndIsTold() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        rig.assertServes(channel);
        channel.forgetTaken();
        MemoryEnd user = rig.begin("GET", "/last");
        drain();
        assertFalse(channel.taken().contains("goaway"), "it is busy");
        channel.forgetTaken();
        channel.send(OK);
        assertGot(200, user);
        assertTold(channel);
        channel.sendLast("");
        assertTrue(channel.isCompleted());
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REUSABLE")
    void aChannelOfOneRequestFinishesAndIsOver(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/last");
        drain();
        channel.sendLast(OK);
        assertGot(200, user);
        assertFalse(channel.taken().contains("goaway"));
        assertTrue(channel.isCompleted());
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void anInstanceThatEndsBeforeItHasTakenItIsWaitedFor(Kind kind) {
        MemoryEnd channel = rig.open(kind).stall();
        drain();
        channel.sendLast("");
        assertTrue(channel.isOpen(), "what tells it is still under way");
        channel.goOn();
        assertEquals(GO_AWAY, channel.taken());
        assertTrue(channel.isCompleted());
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void anInstanceThatEndsAndThenBreaksIsOver(Kind kind) {
        MemoryEnd channel = rig.open(kind).stall();
        drain();
        channel.sendLast("");
        channel.leave();
        assertReset(channel);
        rig.assertOver();
    }

    /** It was dismissed while it was looked at, and something had come. */
    @Test
    void whatComesWhileAChannelIsDismissedIsDropped() {
        MemoryEnd channel = Kind.REUSABLE.ask();
        channel.onNextRead(() -> {
            drain();
            channel.send("unasked");
        });
        rig.open(Kind.REUSABLE, rig.instance(0), channel);
        assertEquals(GO_AWAY, channel.taken());
        channel.sendLast("");
        assertTrue(channel.isCompleted());
        rig.assertOver();
    }

    // The response to an instance's close

    @Test
    void theResponseToACloseEndsWhenAllWasRead() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/slow").stall();
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n").send("ab");
        MemoryEnd close = MemoryEnd.of("GET", "/api/chunked/close/i");
        CloseResponse response = CloseResponse.begin(close);
        rig.pool.closeAsked(rig.instance(0), response::drained);
        assertEquals(200, close.status());
        assertFalse(close.hasEnded());
        channel.send("cd");
        assertFalse(close.hasEnded(), "it lies in the connection's buffers");
        user.goOn();
        assertGot(200, user);
        assertTrue(close.hasEnded());
        assertTrue(close.isCompleted());
        assertTrue(channel.taken().endsWith(GO_AWAY));
        rig.assertOver();
    }

    @Test
    void theResponseToACloseEndsAtOnceWhenNothingRuns() {
        MemoryEnd close = MemoryEnd.of("GET", "/api/chunked/close/i").stall();
        CloseResponse response = CloseResponse.begin(close);
        rig.pool.closeAsked(rig.instance(0), response::drained);
        response.drained();
        assertTrue(close.isOpen());
        close.goOn();
        assertTrue(close.hasEnded());
        assertTrue(close.isCompleted());
        assertEquals(List.of(), close.faults());
    }

    @Test
    void anInstanceThatDoesNotWaitForTheResponseToItsCloseIsNotWaitedFor() {
        MemoryEnd close = MemoryEnd.of("GET", "/api/chunked/close/i");
        CloseResponse response = CloseResponse.begin(close);
        close.leave();
        assertReset(close);
        response.drained();
        assertFalse(close.hasEnded());
        assertEquals(List.of(), close.faults());
    }
}
