package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertCut;
import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.assertReset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that no user can be given, or not to their end. */
class RelayBadResponseTest {
    private static final String COUNTED = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-App: yes\r\n\r\n";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-App: yes\r\n\r\n";

    private RelayRig rig = new RelayRig();

    /** Not one byte of it has gone to the user, nor a field. */
    private static void assertTold502(MemoryEnd user) {
        assertGot(502, user);
        assertEquals("The instance did not respond properly.\n", user.taken());
        assertEquals(List.of("Content-Type: text/plain;charset=utf-8"), user.responseFields());
    }

    private void assertBad(MemoryEnd channel) {
        assertReset(channel);
        assertEquals(RequestOutcome.BAD_ANSWER, rig.record().outcome());
        rig.assertOver();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n",
                "HTTP/1.1\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 099 Low\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "HTTP/1.1 103 Hint\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            })
    void whatIsNoHeadIsABadResponse(String text) {
        for (Kind kind : Kind.values()) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            // Not even if it could be sent again: the next instance would respond as badly.
            MemoryEnd user = rig.begin("GET", "/");
            channel.send(text);
            assertTold502(user);
            assertEquals(502, rig.record().status());
            assertBad(channel);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeadMayBeAsLargeAsAllowedAndNoLarger(Kind kind) {
        String start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
        String x = "x".repeat(RelayRig.MAX_HEAD - start.length() - 4);
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/");
        kind.sendLast(channel, start + x + "\r\n\r\n");
        assertGot(200, user);
        rig = new RelayRig();
        MemoryEnd next = rig.open(kind);
        MemoryEnd other = rig.begin("GET", "/");
        next.send(start + x).send("x\r\n\r\n");
        assertTold502(other);
        assertBad(next);
    }

    @Test
    void aResponseWithoutAnEndIsBadInAChannelThatStays() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/");
        channel.send("HTTP/1.1 200 OK\r\nX-App: yes\r\n\r\n");
        assertTold502(user);
        assertBad(channel);
    }

    @ParameterizedTest
    @EnumSource
    void aFirstPieceThatIsLongerThanItSaysIsNotPassedOn(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/");
        channel.send(COUNTED + "abcd");
        assertTold502(user);
        assertEquals(502, rig.record().status());
        assertBad(channel);
    }

    @ParameterizedTest
    @EnumSource
    void aLaterPieceThatIsLongerThanItSaysBreaksTheUserOff(Kind kind) {
        for (String first : List.of(COUNTED, COUNTED + "a", COUNTED + "ab")) {
            rig = new RelayRig();
            MemoryEnd channel = rig.open(kind);
            MemoryEnd user = rig.begin("GET", "/");
            channel.send(first).send("abcd");
            assertCut(user);
            assertBad(channel);
        }
    }

    /** The user has it all, and it is right. */
    @ParameterizedTest
    @EnumSource
    void whatComesBehindAWholeResponseCostsTheChannelOnly(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/");
        channel.send(COUNTED + "abc");
        assertGot(200, user);
        channel.send("d");
        assertReset(channel);
        assertEquals(RequestOutcome.COMPLETED, rig.record().outcome());
        rig.assertOver();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab"})
    void aCountedBodyThatEndsTooEarlyBreaksTheUserOff(String part) {
        for (Kind kind : Kind.values()) {
            for (boolean isAtOnce : new boolean[] {true, false}) {
                rig = new RelayRig();
                MemoryEnd channel = rig.open(kind);
                MemoryEnd user = rig.begin("DELETE", "/");
                if (isAtOnce) {
                    channel.sendLast(COUNTED + part);
                } else {
                    channel.send(COUNTED + part).sendLast("");
                }
                assertCut(user);
                assertReset(channel);
                assertEquals(RequestOutcome.INSTANCE_FAILED, rig.record().outcome());
                rig.assertOver();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "3\r\n", "3\r\nab", "3\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\n0\r\n"})
    void chunksThatEndTooEarlyBreakTheUserOff(String part) {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/");
        channel.send(CHUNKED).send(part).sendLast("");
        assertCut(user);
        assertReset(channel);
        assertEquals(RequestOutcome.INSTANCE_FAILED, rig.record().outcome());
        rig.assertOver();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\r\n", "3x", "3\rx", "-1\r\n", "1000000000000000\r\n", "3\r\nabcd", "3\r\nabc\rx"})
    void badChunksAreABadResponse(String body) {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/");
        channel.send(CHUNKED).send(body);
        assertCut(user);
        assertBad(channel);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "3x", "-1\r\n"})
    void badChunksBehindTheHeadAreNotPassedOn(String body) {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/");
        channel.send(CHUNKED + body);
        assertTold502(user);
        assertBad(channel);
    }

    /** It could be anything, such as the beginning of somebody else's response. */
    @ParameterizedTest
    @ValueSource(strings = {"x", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"})
    void bytesBehindChunksCostTheChannelOnly(String excess) {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/");
        MemoryEnd next = rig.begin("GET", "/next");
        channel.send(CHUNKED + RelayRig.chunked("abc") + excess);
        assertGot(200, user);
        assertEquals("abc", user.taken());
        assertReset(channel);
        rig.assertServesWaiting(rig.open(Kind.REUSABLE), next);
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void bytesBehindAResponseWithoutABodyNeverReachTheUser(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("HEAD", "/");
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
        assertGot(200, user);
        assertEquals("", user.taken());
        if (kind.isReusable()) {
            assertReset(channel);
        } else {
            // As an instance of the reference sends them, which gzips nothing.
            channel.send("cd").sendLast("e");
            assertTrue(channel.isCompleted());
        }
        rig.assertOver();
    }

    @Test
    void aReusableChannelThatEndsWithItsResponseIsNotUsedAgain() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/");
        channel.sendLast(COUNTED + "abc");
        assertGot(200, user);
        assertFalse(channel.isOpen());
        assertEquals(0, rig.books().idleChannels());
        rig.assertOver();
    }
}
