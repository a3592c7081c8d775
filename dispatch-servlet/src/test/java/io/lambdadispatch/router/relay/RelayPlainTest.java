package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.bodyIn;
import static io.lambdadispatch.router.relay.RelayRig.chunked;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests and responses of all shapes, when nothing goes wrong. */
class RelayPlainTest {
    private final RelayRig rig = new RelayRig();

    /** What a channel of that kind is to be after a request. */
    private void assertUsedWell(Kind kind, MemoryEnd channel) {
        if (kind.isReusable()) {
            rig.assertServes(channel);
        } else {
            assertTrue(channel.isCompleted());
        }
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void aRequestWithoutBodyIsAHead(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("GET", "/a?b=c")
                .with("Host", "h")
                .with("Connection", "X-Hop")
                .with("X-Hop", "1")
                .with("X-End", "2"));
        assertEquals(
                RelayRig.head(
                        "GET /a?b=c HTTP/1.1",
                        "Host: h",
                        "X-End: 2",
                        "X-Forwarded-For: 192.0.2.7",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Host: h"),
                channel.taken());
        assertEquals(kind == Kind.HALF_CLOSING, channel.hasEnded());
        kind.sendLast(channel, "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-App: yes\r\nKeep-Alive: 5\r\n\r\nok");
        assertGot(201, user);
        assertEquals("ok", user.taken());
        assertEquals(2, user.announced());
        assertEquals(List.of("X-App: yes"), user.responseFields());
        assertFalse(user.neverEndsWithConnection(), "its length tells its end");
        RequestRecord record = rig.record();
        assertEquals(RequestOutcome.COMPLETED, record.outcome());
        assertEquals(201, record.status());
        assertEquals(2, record.responseBytes());
        assertEquals("instance-0", record.instance());
        assertEquals("c1", record.channel());
        assertUsedWell(kind, channel);
    }

    @ParameterizedTest
    @EnumSource
    void aBodyOfKnownLengthIsCounted(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user =
                rig.begin(MemoryEnd.of("PUT", "/").with("Content-Length", "6").withBody(6));
        assertTrue(channel.taken().contains("\r\nContent-Length: 6\r\n"));
        assertFalse(channel.taken().contains("Transfer-Encoding"));
        user.send("abc");
        assertEquals("abc", bodyIn(channel));
        assertFalse(channel.hasEnded());
        user.send("def");
        assertEquals("abcdef", bodyIn(channel));
        assertEquals(kind == Kind.HALF_CLOSING, channel.hasEnded(), "all of it is there");
        kind.sendLast(channel, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertGot(200, user);
        assertEquals(6, rig.record().requestBytes());
        assertUsedWell(kind, channel);
    }

    @ParameterizedTest
    @EnumSource
    void aBodyOfUnknownLengthEndsInTheWayOfItsChannel(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("PUT", "/").withBody(RequestHead.UNKNOWN_LENGTH));
        assertTrue(channel.taken().contains("\r\nTransfer-Encoding: chunked\r\n"));
        user.send("abc").send("").send("defgh");
        assertFalse(channel.hasEnded());
        user.sendLast("");
        String body = kind == Kind.HALF_CLOSING ? "abcdefgh" : chunked("abc", "defgh");
        assertEquals(body, bodyIn(channel));
        assertEquals(kind == Kind.HALF_CLOSING, channel.hasEnded());
        kind.sendLast(channel, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertGot(200, user);
        assertEquals(8, rig.record().requestBytes());
        assertUsedWell(kind, channel);
    }

    @ParameterizedTest
    @EnumSource
    void theLastPieceOfABodyMaySayThatItIsThat(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("PUT", "/").withBody(RequestHead.UNKNOWN_LENGTH));
        user.sendLast("abc");
        assertEquals(kind == Kind.HALF_CLOSING ? "abc" : chunked("abc"), bodyIn(channel));
        assertEquals(kind == Kind.HALF_CLOSING, channel.hasEnded());
        kind.sendLast(channel, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertGot(200, user);
        assertUsedWell(kind, channel);
    }

    @ParameterizedTest
    @EnumSource
    void aPieceThatIsLargerThanABufferComesInSeveralChunks(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("PUT", "/").withBody(RequestHead.UNKNOWN_LENGTH));
        String large = "0123456789".repeat(2 * Buffers.SIZE / 10);
        user.sendLast(large);
        assertEquals(large, kind.plain(bodyIn(channel)));
        kind.sendLast(channel, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertGot(200, user);
        assertUsedWell(kind, channel);
    }

    @ParameterizedTest
    @EnumSource
    void aResponseOfUnknownLengthEndsInTheWayOfItsChannel(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/");
        channel.send(kind.streamedHead());
        assertEquals(200, user.status(), "its head does not wait for its body");
        assertEquals("", user.taken());
        assertTrue(user.neverEndsWithConnection());
        String body = kind.streamed("first ", "second");
        kind.sendLast(channel, body);
        assertGot(200, user);
        assertEquals("first second", user.taken());
        assertEquals(-1, user.announced());
        assertEquals(List.of("X-App: yes"), user.responseFields());
        assertUsedWell(kind, channel);
    }

    @ParameterizedTest
    @EnumSource
    void aResponseMayBeOnePiece(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/");
        kind.sendLast(channel, kind.streamedHead() + kind.streamed("a", "bc", "def"));
        assertGot(200, user);
        assertEquals("abcdef", user.taken());
        assertUsedWell(kind, channel);
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyResponseOfUnknownLengthHasAnEndToo(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/");
        channel.send(kind.streamedHead());
        kind.sendLast(channel, kind.streamed());
        assertGot(200, user);
        assertEquals("", user.taken());
        assertUsedWell(kind, channel);
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, 200 OK, Content-Length: 5000, 5000",
        "HEAD, 200 OK, X: y, -1",
        "HEAD, 200 OK, Transfer-Encoding: chunked, -1",
        "GET, 204 No Content, X: y, -1",
        "GET, 204 No Content, Content-Length: 0, -1",
        "GET, 304 Not Modified, Content-Length: 5000, 5000",
        "GET, 304 Not Modified, X: y, -1",
    })
    void aResponseWithoutABodyEndsWithItsHead(String method, String status, String field, long length) {
        for (Kind kind : Kind.values()) {
            RelayRig each = new RelayRig();
            MemoryEnd channel = each.open(kind);
            MemoryEnd user = each.begin(method, "/");
            channel.send("HTTP/1.1 " + status + "\r\n" + field + "\r\n\r\n");
            assertGot(Integer.parseInt(status.substring(0, 3)), user);
            assertEquals("", user.taken());
            assertEquals(length, user.announced());
            assertFalse(user.neverEndsWithConnection(), "it has no body whose end could be mistaken");
            if (kind.isReusable()) {
                each.assertServes(channel);
            } else {
                assertEquals(1, each.books().running(), "the channel has not ended");
                channel.sendLast("");
                assertTrue(channel.isCompleted());
            }
            each.assertOver();
        }
    }

    @ParameterizedTest
    @EnumSource
    void interimResponsesStayBehind(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/");
        channel.send("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
        assertEquals(0, user.status());
        channel.send("HTTP/1.1 102 Processing\r\n\r\n");
        kind.sendLast(channel, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertGot(200, user);
        assertEquals("ok", user.taken());
        assertEquals(List.of(), user.responseFields());
        assertUsedWell(kind, channel);
    }

    @ParameterizedTest
    @EnumSource
    void bothBodiesTravelAtTheSameTime(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(6));
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
        for (String part : List.of("a", "b")) {
            channel.send(part);
            user.send(part);
            assertTrue(user.taken().endsWith(part));
            assertTrue(bodyIn(channel).endsWith(part));
        }
        user.send("cdef");
        assertEquals("abcdef", bodyIn(channel));
        kind.sendLast(channel, "c");
        assertGot(200, user);
        assertEquals("abc", user.taken());
        assertUsedWell(kind, channel);
    }

    @Test
    void requestsFollowEachOtherInAReusableChannel() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        for (int i = 0; i < 5; i++) {
            MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/" + i).withBody(RequestHead.UNKNOWN_LENGTH));
            assertEquals("/" + i, RelayRig.target(channel));
            user.sendLast("in " + i);
            assertEquals(chunked("in " + i), bodyIn(channel));
            channel.forgetTaken();
            channel.send(Kind.REUSABLE.streamedHead() + chunked("out ", "" + i));
            assertGot(200, user);
            assertEquals("out " + i, user.taken());
        }
        assertEquals(5, rig.records.size());
        assertUsedWell(Kind.REUSABLE, channel);
    }

    @Test
    void theNextInTheQueueGetsAReusedChannel() {
        MemoryEnd first = rig.begin("GET", "/first");
        MemoryEnd second = rig.begin("GET", "/second");
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        assertEquals("/first", RelayRig.target(channel));
        channel.forgetTaken();
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        assertEquals("/second", RelayRig.target(channel));
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
        assertEquals("1", first.taken());
        assertEquals("2", second.taken());
        assertUsedWell(Kind.REUSABLE, channel);
    }

    @Test
    void aUserOverHttp1IsToldWhenTheRouterLeaves() {
        rig.leave();
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd http1 = rig.begin("GET", "/");
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertEquals(List.of("Connection: close"), http1.responseFields());
        MemoryEnd http2 = rig.begin(MemoryEnd.of("GET", "/").over("HTTP/2.0"));
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertEquals(List.of(), http2.responseFields());
        assertUsedWell(Kind.REUSABLE, channel);
    }
}
