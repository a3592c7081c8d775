package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.bodyIn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However the bytes are cut into pieces, nobody sees it. */
class RelaySplitTest {
    private static final String INTERIM = "HTTP/1.1 103 Hint\r\nLink: x\r\n\r\n";
    private static final String COUNTED = INTERIM + "HTTP/1.1 200 OK\r\nX-App: yes\r\nContent-Length: 4\r\n\r\nbody";

    private static String streamed(Kind kind) {
        return INTERIM + kind.streamedHead() + kind.streamed("bo", "d", "y");
    }

    private static void assertGotBody(MemoryEnd user) {
        assertGot(200, user);
        assertEquals("body", user.taken());
        assertEquals(List.of("X-App: yes"), user.responseFields());
    }

    private static void assertUsedWell(RelayRig rig, Kind kind, MemoryEnd channel) {
        if (kind.isReusable()) {
            rig.assertServes(channel);
        } else {
            assertTrue(channel.isCompleted());
        }
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void aResponseMayBeSplitAtEveryByte(Kind kind) {
        for (String response : List.of(COUNTED, streamed(kind))) {
            for (int cut = 0; cut <= response.length(); cut++) {
                RelayRig rig = new RelayRig();
                MemoryEnd channel = rig.open(kind);
                MemoryEnd user = rig.begin("GET", "/");
                channel.send(response.substring(0, cut));
                kind.sendLast(channel, response.substring(cut));
                assertGotBody(user);
                assertUsedWell(rig, kind, channel);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResponseMayComeByteByByteAndTheEndAlone(Kind kind) {
        for (String response : List.of(COUNTED, streamed(kind))) {
            RelayRig rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            MemoryEnd user = rig.begin("GET", "/");
            for (int at = 0; at < response.length(); at++) {
                channel.send(response.substring(at, at + 1)).send("");
            }
            if (!kind.isReusable()) {
                channel.sendLast("");
            }
            assertGotBody(user);
            assertUsedWell(rig, kind, channel);
        }
    }

    /** Every cut of both, whatever the first one has left in the channel. */
    @Test
    void twoResponsesInOneChannelMayBothBeSplitAtEveryByte() {
        String response = Kind.REUSABLE.streamedHead() + RelayRig.chunked("bo", "dy");
        for (int first = 0; first <= response.length(); first++) {
            RelayRig rig = new RelayRig();
            MemoryEnd channel = rig.open(Kind.REUSABLE);
            for (int second = 0; second <= response.length(); second++) {
                for (int cut : new int[] {first, second}) {
                    MemoryEnd user = rig.begin("GET", "/");
                    channel.send(response.substring(0, cut)).send(response.substring(cut));
                    assertGotBody(user);
                }
            }
            assertUsedWell(rig, Kind.REUSABLE, channel);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestMayBeSplitAtEveryByte(Kind kind) {
        String body = "what is sent";
        for (int cut = 0; cut <= body.length(); cut++) {
            for (long length : new long[] {body.length(), RequestHead.UNKNOWN_LENGTH}) {
                RelayRig rig = new RelayRig();
                MemoryEnd channel = rig.open(kind);
                MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(length));
                user.send(body.substring(0, cut)).sendLast(body.substring(cut));
                assertEquals(body, length < 0 ? kind.plain(bodyIn(channel)) : bodyIn(channel));
                assertEquals(kind == Kind.HALF_CLOSING, channel.hasEnded());
                kind.sendLast(channel, COUNTED);
                assertGotBody(user);
                assertUsedWell(rig, kind, channel);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestMayComeByteByByteAndTheEndAlone(Kind kind) {
        RelayRig rig = new RelayRig();
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(RequestHead.UNKNOWN_LENGTH));
        for (String word : List.of("w", "h", "a", "t", " ", "i", "s", " ", "s", "e", "n", "t")) {
            user.send(word).send("");
        }
        user.sendLast("");
        assertEquals("what is sent", kind.plain(bodyIn(channel)));
        kind.sendLast(channel, COUNTED);
        assertGotBody(user);
        assertUsedWell(rig, kind, channel);
    }

    /** All of it lay there when the request was matched with its channel. */
    @ParameterizedTest
    @EnumSource
    void aBodyMayBeThereBeforeItsChannel(Kind kind) {
        RelayRig rig = new RelayRig();
        MemoryEnd user = MemoryEnd.of("POST", "/").withBody(RequestHead.UNKNOWN_LENGTH);
        user.send("what ").send("is ").sendLast("sent");
        rig.begin(user);
        MemoryEnd channel = rig.open(kind);
        assertEquals("what is sent", kind.plain(bodyIn(channel)));
        kind.sendLast(channel, COUNTED);
        assertGotBody(user);
        assertUsedWell(rig, kind, channel);
    }
}
