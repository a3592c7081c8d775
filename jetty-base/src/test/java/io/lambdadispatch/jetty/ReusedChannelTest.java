package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.Bodies;
import io.lambdadispatch.jetty.kit.EmbeddedRequest;
import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.H2User;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels that stay: one request after the other goes through the same stream, until something goes wrong in it. */
@Tag(RouterHost.ANY)
class ReusedChannelTest {
    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        // One slot beside the rig's own request.
        rig = Rig.warm("MaxConcurrentCount", "2", "ChannelCount", "10");
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    /** Another request goes through it. */
    private void assertTakesTheNext(ScriptedChannel channel) throws IOException {
        rig.awaitIdleChannels(1);
        RawUser user = rig.user().get("/next");
        EmbeddedRequest request = channel.awaitRequest();
        assertEquals("GET /next HTTP/1.1", request.requestLine());
        assertEquals(0, channel.readBody().length);
        channel.ok("next");
        assertEquals("next", user.readAnswer().text());
        rig.awaitQuiet();
        rig.awaitIdleChannels(1);
    }

    /** Nothing goes through it any more, and its slot is free for others. */
    private void assertIsOver(ScriptedChannel channel) throws IOException {
        channel.stream().awaitReset();
        rig.awaitRunning(0);
        rig.awaitIdleChannels(0);
        assertTakesTheNext(rig.instance().openReusable());
        assertEquals(200, rig.instance().ping());
    }

    @Test
    void theRouterConfirmsWhatItIsAskedFor() {
        HttpFields confirmed = rig.instance().openReusable().stream().fields();
        assertEquals("1", confirmed.get(FieldNames.CHANNEL_REUSE));
        assertEquals("chunked", confirmed.get(FieldNames.CHANNEL_FRAMING));
    }

    @Test
    void aClientThatDoesNotUnderstandChunksIsNotPromisedMore() {
        HttpFields fields = rig.instance().fields().put(FieldNames.CHANNEL_REUSE, "1");
        assertNull(rig.instance().open(fields).stream().fields().get(FieldNames.CHANNEL_REUSE));
        HttpFields framed = rig.instance().framedFields();
        assertNull(rig.instance().open(framed).stream().fields().get(FieldNames.CHANNEL_REUSE));
    }

    @Test
    void requestsOfAllKindsFollowEachOther() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        byte[] body = Bodies.ofSize(70_000);
        RawUser user = rig.user();
        H2User h2User = rig.h2User();
        for (int round = 0; round < 5; round++) {
            user.get("/get");
            channel.serve("got");
            assertEquals("got", user.readAnswer().text());

            user.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .send(body);
            assertBody(body, List.of("" + body.length), List.of(), channel);
            assertEquals("posted", user.readAnswer().text());

            user.send(head("POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked"))
                    .send(Bodies.chunk(body, 0, 30_000))
                    .send(Bodies.chunk(body, 30_000, 40_000))
                    .send("0\r\n\r\n");
            assertBody(body, List.of(), List.of("chunked"), channel);
            assertEquals("posted", user.readAnswer().text());

            user.send(head("POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked"))
                    .send("0\r\n\r\n");
            assertBody(new byte[0], List.of(), List.of("chunked"), channel);
            assertEquals("posted", user.readAnswer().text());

            H2Stream stream = h2User.request("POST", "/", HttpFields.EMPTY, false);
            stream.send(body, true);
            assertBody(body, List.of(), List.of("chunked"), channel);
            assertEquals("posted", stream.readText());

            H2Stream get = h2User.get("/get");
            channel.serve("got");
            assertEquals("got", get.readText());
        }
        assertTakesTheNext(channel);
    }

    private static void assertBody(byte[] body, List<String> length, List<String> coding, ScriptedChannel channel)
            throws IOException {
        EmbeddedRequest request = channel.awaitRequest();
        assertEquals(length, request.values("Content-Length"));
        assertEquals(coding, request.values("Transfer-Encoding"));
        assertArrayEquals(body, channel.readBody());
        channel.ok("posted");
    }

    @Test
    void theQueueIsServedWithoutAGap() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser first = rig.user().get("/first");
        channel.awaitRequest();
        RawUser second = rig.user().get("/second");
        rig.awaitPending(1);
        channel.ok("first");
        assertEquals("/second", channel.awaitRequest().target());
        channel.ok("second");
        assertEquals("first", first.readAnswer().text());
        assertEquals("second", second.readAnswer().text());
        assertTakesTheNext(channel);
    }

    @Test
    void aResponseOfUnknownLengthComesInChunks() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        byte[] body = Bodies.ofSize(200_000);
        RawUser user = rig.user();
        H2User h2User = rig.h2User();
        for (int round = 0; round < 3; round++) {
            user.get("/");
            channel.awaitRequest();
            sendInChunks(body, channel);
            Answer answer = user.readAnswer();
            assertArrayEquals(body, answer.bytes());
            assertTrue(answer.isComplete());
            H2Stream stream = h2User.get("/");
            channel.awaitRequest();
            sendInChunks(body, channel);
            assertArrayEquals(body, stream.readToEnd());
        }
        assertTakesTheNext(channel);
    }

    private static void sendInChunks(byte[] body, ScriptedChannel channel) {
        channel.send(head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"));
        for (int at = 0; at < body.length; at += 7_001) {
            channel.send(Bodies.chunk(body, at, Math.min(7_001, body.length - at)));
        }
        channel.send("0\r\n\r\n");
    }

    @Test
    void chunksMayBeSplitAtEveryByte() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        String response = head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + "3;x=y\r\nabc\r\n0A\r\n0123456789\r\n"
                + "0\r\nTrailer: t\r\n\r\n";
        RawUser user = rig.user();
        for (int cut = 1; cut < response.length(); cut++) {
            user.get("/");
            channel.awaitRequest();
            channel.send(response.substring(0, cut)).send(response.substring(cut));
            Answer answer = user.readAnswer();
            assertEquals("abc0123456789", answer.text());
            assertTrue(answer.isComplete());
        }
        assertTakesTheNext(channel);
    }

    @Test
    void aResponseThatHasNoBodyEndsWithItsHead() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user = rig.user();
        H2User h2User = rig.h2User();
        for (String fields : new String[] {"X: y", "Content-Length: 5000", "Transfer-Encoding: chunked"}) {
            user.send(head("HEAD / HTTP/1.1", "Host: h"));
            channel.awaitRequest();
            channel.send(head("HTTP/1.1 200 OK", fields));
            assertEquals(200, user.readAnswer("HEAD").status());
            H2Stream stream = h2User.request("HEAD", "/", HttpFields.EMPTY, true);
            channel.awaitRequest();
            channel.send(head("HTTP/1.1 200 OK", fields));
            assertEquals(200, stream.status());
            assertEquals("", stream.readText());
            for (String status : new String[] {"204 No Content", "304 Not Modified"}) {
                user.get("/");
                channel.awaitRequest();
                channel.send(head("HTTP/1.1 " + status, fields));
                assertEquals(status.substring(0, 3), "" + user.readAnswer().status());
            }
        }
        assertTakesTheNext(channel);
    }

    @Test
    void interimResponsesAreNoResponses() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user = rig.user().get("/");
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 103 Early Hints", "Link: x")).ok("final");
        assertEquals("final", user.readAnswer().text());
        assertTakesTheNext(channel);
    }

    @Test
    void aResponseThatDoesNotSayWhereItEndsIsABadOne() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user = rig.user().get("/");
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "X: y") + "abc");
        assertEquals(502, user.readAnswer().status());
        assertIsOver(channel);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef"
            })
    void brokenChunksAreSeenToBeBroken(String response) throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user = rig.user().get("/");
        channel.awaitRequest();
        channel.send(response);
        assertBroken(user);
        assertIsOver(channel);
    }

    private static void assertBroken(RawUser user) throws IOException {
        Answer answer;
        try {
            answer = user.readAnswer();
        } catch (java.io.EOFException e) {
            return;
        }
        assertTrue(answer.status() == 502 || !answer.isComplete(), answer.toString());
    }

    @Test
    void bytesBehindAResponseOfKnownLengthMakeItABadOne() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user = rig.user().get("/");
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "Content-Length: 2") + "okHTTP/1.1 200 OK");
        assertBroken(user);
        assertIsOver(channel);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK",
                "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK"
            })
    void bytesBehindAResponseEndTheChannel(String response) throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user = rig.user().get("/");
        channel.awaitRequest();
        channel.send(response);
        assertTrue(user.readAnswer().isComplete());
        assertIsOver(channel);
    }

    @Test
    void bytesThatComeWhileNothingWasAskedEndTheChannel() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        assertTakesTheNext(channel);
        channel.send(head("HTTP/1.1 200 OK", "Content-Length: 0"));
        assertIsOver(channel);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChannelThatEndsWhileItIsParkedIsForgotten(boolean cleanly) throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        assertTakesTheNext(channel);
        if (cleanly) {
            channel.end();
        } else {
            channel.stream().reset(ErrorCode.CANCEL_STREAM_ERROR);
        }
        rig.awaitIdleChannels(0);
        assertTakesTheNext(rig.instance().openReusable());
    }

    /** The app need not have waited for what is on its way to it. */
    @Test
    void anEarlyResponseLeavesTheChannelToARequestThatIsThere() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 10") + "0123456789");
        channel.awaitRequest();
        assertEquals("0", channel.readText(1));
        channel.ok("early");
        assertEquals("early", user.readAnswer().text());
        assertEquals("123456789", new String(channel.readBody(), StandardCharsets.ISO_8859_1));
        assertTakesTheNext(channel);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000", "Transfer-Encoding: chunked"})
    void anEarlyResponseEndsAChannelWhoseRequestIsNotThere(String framing) throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user =
                rig.user().send(head("POST / HTTP/1.1", "Host: h", framing)).send("3\r\nabc\r\n");
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 413 No", "Content-Length: 5") + "early");
        Answer answer = user.readAnswer();
        assertEquals(413, answer.status());
        assertEquals("early", answer.text());
        assertThrows(IOException.class, channel::readBody);
        assertIsOver(channel);
    }

    @Test
    void anEarlyResponseEndsAChannelWhoseRequestIsNotThereOverHttp2() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, false);
        stream.send("abc");
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 413 No", "Content-Length: 5") + "early");
        assertEquals(413, stream.status());
        assertArrayEquals("early".getBytes(StandardCharsets.US_ASCII), stream.readExactly(5));
        assertThrows(IOException.class, channel::readBody);
        assertIsOver(channel);
    }

    @Test
    void aUserWhoLeavesInTheMiddleOfTheResponseEndsThatChannelOnly() throws Exception {
        ScriptedChannel other = rig.instance().openReusable();
        rig.awaitIdleChannels(1);
        H2User user = rig.h2User();
        H2Stream stream = user.get("/");
        other.awaitRequest();
        other.send(head("HTTP/1.1 200 OK", "Content-Length: 10") + "abc");
        stream.readExactly(3);
        ScriptedChannel second = rig.instance().openReusable();
        rig.awaitIdleChannels(1);
        stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
        other.stream().awaitReset();
        rig.awaitRunning(0);
        assertFalse(second.stream().isBroken());
        assertTakesTheNext(second);
        assertEquals(200, rig.instance().ping());
    }

    @Test
    void aUserWhoLeavesInTheMiddleOfTheRequestEndsThatChannelOnly() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, false);
        stream.send("abc");
        channel.awaitRequest();
        assertEquals("abc", channel.readText(3));
        stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
        assertThrows(IOException.class, channel::readBody);
        assertIsOver(channel);
    }

    @Test
    void aChannelThatIsResetInTheMiddleOfAResponseBreaksIt() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        assertTakesTheNext(channel);
        RawUser user = rig.user().get("/");
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + "3\r\nabc\r\n");
        var head = user.readHead();
        channel.stream().reset(ErrorCode.CANCEL_STREAM_ERROR);
        assertFalse(user.readRest(head, "GET").isComplete());
        assertTakesTheNext(rig.instance().openReusable());
    }

    /** An end is no end of a response that says itself where it ends. */
    @Test
    void aChannelThatEndsInTheMiddleOfAResponseBreaksIt() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user = rig.user().get("/");
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + "3\r\nabc\r\n");
        var head = user.readHead();
        channel.end();
        assertFalse(user.readRest(head, "GET").isComplete());
        assertTakesTheNext(rig.instance().openReusable());
    }

    @Test
    void aSafeRequestIsSentAgainWhenItsChannelIsReset() throws Exception {
        ScriptedChannel first = rig.instance().openReusable();
        assertTakesTheNext(first);
        RawUser user = rig.user().get("/again");
        assertEquals("/again", first.awaitRequest().target());
        first.stream().reset(ErrorCode.CANCEL_STREAM_ERROR);
        ScriptedChannel second = rig.instance().openReusable();
        assertEquals("/again", second.awaitRequest().target());
        second.ok("second");
        assertEquals("second", user.readAnswer().text());
        assertTakesTheNext(second);
    }

    @Test
    void anUnsafeRequestIsNotSentAgain() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 0"));
        channel.awaitRequest();
        channel.stream().reset(ErrorCode.CANCEL_STREAM_ERROR);
        assertEquals(502, user.readAnswer().status());
        assertTakesTheNext(rig.instance().openReusable());
    }

    @Test
    void aChannelOfAnInstanceThatLeavesIsToldToGoBehindItsExchange() throws Exception {
        ScriptedChannel busy = rig.instance().openReusable();
        RawUser user = rig.user().get("/");
        busy.awaitRequest();
        ScriptedChannel parked = rig.instance().openReusable();
        assertEquals(200, rig.instance().sayClose());
        assertEquals(ControlPath.GOAWAY_TARGET, parked.awaitRequest().target());
        busy.ok("still served");
        assertEquals("still served", user.readAnswer().text());
        assertEquals(ControlPath.GOAWAY_TARGET, busy.awaitRequest().target());
        rig.awaitRunning(0);
        rig.awaitIdleChannels(0);
    }

    /** The slow user has the rest still to come, on its way to them; the instance is done. */
    @Test
    void aSlowUserHoldsNeitherSlotNorChannel() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        H2Stream slow = rig.h2User().get("/slow");
        channel.awaitRequest();
        // A little more than the user's window.
        byte[] body = Bodies.ofSize(257 * 1024);
        channel.send(head("HTTP/1.1 200 OK", "Content-Length: " + body.length));
        var unused = channel.stream().sendLater(body, 0, body.length, false);
        assertEquals(200, slow.status());
        assertTakesTheNext(channel);
        assertArrayEquals(body, slow.readToEnd());
    }

    @Test
    void bodiesOfManyMegabytesGoBothWaysAtOnce() throws Exception {
        ScriptedChannel channel = rig.instance().openReusable();
        byte[] block = Bodies.ofSize(1024 * 1024);
        Bodies.Sum sum = Bodies.Sum.of(block, 10);
        for (int round = 0; round < 2; round++) {
            H2Stream stream = rig.h2User().request("POST", "/echo", HttpFields.EMPTY, false);
            var upload = KitThreads.start(() -> {
                for (int i = 0; i < 10; i++) {
                    Await.value(stream.sendLater(block, 0, block.length, i == 9));
                }
                return null;
            });
            var app = KitThreads.start(() -> {
                channel.awaitRequest();
                channel.send(head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"));
                byte[] some = new byte[16 * 1024];
                for (int size = channel.read(some, 0, some.length);
                        size >= 0;
                        size = channel.read(some, 0, some.length)) {
                    channel.send(Bodies.chunk(some, 0, size));
                }
                return channel.send("0\r\n\r\n");
            });
            assertEquals(sum, Bodies.Sum.of(stream::read));
            Await.value(upload);
            Await.value(app);
        }
        assertTakesTheNext(channel);
    }

    @Test
    @Tag(RouterHost.STANDALONE_ONLY)
    void channelsStayOverTlsToo() throws Exception {
        try (Rig tls = Rig.cold(
                "ControlChannelHTTP2Port", "0",
                "ControlChannelInsecureHTTP2Port", "off",
                "AllowInsecureControlChannel", "false",
                "PreferredControlChannelScheme", "https")) {
            RawUser user = tls.user().get("/first");
            ScriptedChannel channel = tls.nextInstance().openReusable();
            for (int i = 0; i < 10; i++) {
                channel.serve("served");
                assertEquals("served", user.readAnswer().text());
                user.get("/next");
            }
            channel.serve("last");
            assertEquals("last", user.readAnswer().text());
        }
    }
}
