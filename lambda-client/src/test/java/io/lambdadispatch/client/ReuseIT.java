package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.InvokeReply;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One request after the other in the same channel, where the router agrees to that. */
@SuppressWarnings("StringConcatToTextBlock") // Text blocks have no CR LF.
class ReuseIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String UPLOAD = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

    private ClientRig rig;
    private CompletableFuture<InvokeReply> invoke;
    private RouterChannel channel;

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig();
        rig.router.script.reusesChannels = true;
        rig.channels = 1;
    }

    private void start() throws Exception {
        invoke = rig.invoke();
        channel = rig.router.nextChannel();
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    private InvokeReply goAway() throws Exception {
        channel.send("GET /_lambda_dispatch/goaway HTTP/1.1\r\n\r\n");
        return ClientRig.await(invoke);
    }

    private static String body(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    private void assertGoesOn() throws Exception {
        rig.app.script((connection, head) -> connection.ok("goes on"));
        assertEquals("goes on", body(channel.send(GET).nextResponse()));
        assertEquals("", channel.rest());
    }

    private void assertNoOtherChannel() {
        assertEquals(1, rig.router.channelsOpened());
    }

    private RouterChannel assertAnotherChannel() throws Exception {
        channel.awaitReset();
        RouterChannel another = rig.router.nextChannel();
        assertNotSame(channel, another);
        channel = another;
        assertGoesOn();
        return another;
    }

    @Test
    void everyChannelRequestOffersIt() throws Exception {
        rig.router.script.reusesChannels = false;
        start();
        assertEquals("1", channel.request.getFirstHeader("X-Channel-Reuse").getValue());
    }

    @Test
    void manyRequestsUseOneStreamAndAreCounted() throws Exception {
        start();
        for (int i = 0; i < 50; i++) {
            String response = channel.send(GET).nextResponse();
            assertTrue(response.contains("\r\nContent-Length: 5\r\n"), response);
            assertFalse(response.contains("Transfer-Encoding"), response);
            assertEquals("hello", body(response));
        }
        assertNoOtherChannel();
        assertEquals(1, rig.app.connections.get());
        InvokeReply reply = goAway();
        assertEquals("RouterGoAway", reply.exitReason());
        assertEquals(50, reply.requestCount());
    }

    @Test
    void aRouterThatDoesNotConfirmGetsOneResponseAStream() throws Exception {
        rig.router.script.reusesChannels = false;
        rig.router.script.framesBodies = true;
        rig.app.script((connection, head) ->
                connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
        start();
        String answer = channel.send(GET).answer();
        assertTrue(answer.endsWith("\r\n\r\nhello") && !answer.contains("chunked"), answer);
        assertNotSame(channel, rig.router.nextChannel());
    }

    @Test
    void aResponseOfUnknownLengthIsChunkedAndASmallOneIsOneFrame() throws Exception {
        rig.app.script((connection, head) ->
                connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
        start();
        for (int i = 1; i <= 3; i++) {
            assertEquals("hello", body(channel.send(GET).nextResponse()));
            assertEquals(i, channel.dataFrames(), "head, body and last chunk together");
        }
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void aResponseThatTheAppsConnectionEndsIsWholeAllTheSame() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.0 200 OK\r\n\r\nuntil close");
            connection.socket.close();
        });
        start();
        assertEquals("until close", body(channel.send(GET).nextResponse()));
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void aLengthBesideChunksDoesNotCross() throws Exception {
        rig.app.script((connection, head) -> connection.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
        start();
        assertEquals("hello", body(channel.send(GET).nextResponse()));
        assertGoesOn();
    }

    @Test
    void aBigResponseOfUnknownLengthArrivesWhole() throws Exception {
        String part = "0123456789abcdef".repeat(5_000);
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 40; i++) {
                connection.write(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
            }
            connection.write("0\r\n\r\n");
        });
        start();
        assertEquals(part.repeat(40), body(channel.send(GET).nextResponse()));
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void aGzippedResponseIsChunkedToo() throws Exception {
        String text = "lambda ".repeat(30_000);
        rig.app.script((connection, head) -> connection.write(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + text.length() + "\r\n\r\n" + text));
        start();
        for (int i = 0; i < 2; i++) {
            String response = channel.send("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n")
                    .nextResponse();
            assertTrue(response.contains("\r\nContent-Encoding: gzip\r\n"), response);
            byte[] gzipped = body(response).getBytes(StandardCharsets.ISO_8859_1);
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzipped))) {
                assertEquals(text, new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
            }
        }
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void responsesWithoutABodyAreFollowedByTheNext() throws Exception {
        rig.app.script((connection, head) -> connection.write(
                head.startsWith("HEAD")
                        ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
                        : head.startsWith("PUT")
                                ? "HTTP/1.1 204 No Content\r\n\r\n"
                                : "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n"));
        start();
        String head = channel.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").nextResponse(true);
        assertTrue(head.contains("\r\nContent-Length: 77\r\n"), head);
        String noContent = channel.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
                .nextResponse();
        assertTrue(noContent.startsWith("HTTP/1.1 204 ") && !noContent.contains("Transfer-Encoding"), noContent);
        String notModified = channel.send(GET).nextResponse();
        assertTrue(notModified.startsWith("HTTP/1.1 304 ") && !notModified.contains("Transfer-Encoding"), notModified);
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void headOfAnAppThatFailsHasNoBodyEither() throws Exception {
        rig.app.script((connection, head) -> connection.socket.close());
        start();
        String response = channel.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").nextResponse(true);
        assertTrue(response.startsWith("HTTP/1.1 502 "), response);
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void requestsWithBodiesFollowEachOther() throws Exception {
        rig.app.script((connection, head) ->
                connection.ok(new String(connection.readBody(head), StandardCharsets.ISO_8859_1)));
        start();
        String counted = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc";
        assertEquals("abcdef", body(channel.send(counted).send("def").nextResponse()));
        assertEquals(
                "abcde",
                body(channel.send(UPLOAD + "3\r\nabc\r\n2\r")
                        .send("\nde\r\n0\r\n\r\n")
                        .nextResponse()));
        assertEquals("", body(channel.send("POST / HTTP/1.1\r\nHost: h\r\n\r\n").nextResponse()));
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void bigBodiesOneAfterTheOtherFindTheirWindowOpen() throws Exception {
        rig.app.script((connection, head) -> connection.ok(Integer.toString(connection.readBody(head).length)));
        start();
        int size = 3 * 1024 * 1024;
        for (int i = 0; i < 4; i++) {
            channel.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\n\r\n")
                    .send(new byte[size]);
            assertEquals(Integer.toString(size), body(channel.nextResponse()));
        }
        for (int i = 0; i < 600; i++) {
            channel.send("GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + "x".repeat(1_000) + "\r\n\r\n");
            assertEquals("0", body(channel.nextResponse()));
        }
        assertNoOtherChannel();
    }

    @Test
    void anEarlyResponseIsFollowedByTheRestOfTheUploadAndThenByTheNextRequest() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
            connection.socket.close();
        });
        start();
        channel.send(UPLOAD + "1\r\nx\r\n");
        assertTrue(channel.nextResponse().startsWith("HTTP/1.1 413 "));
        rig.app.script((connection, head) -> connection.ok("next"));
        // The next request begins in the frame in which this one ends.
        channel.send("100000\r\n").send(new byte[0x100000]).send("\r\n0\r\n\r\n" + GET);
        assertEquals("next", body(channel.nextResponse()));
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void theNextRequestMayBeginAnywhereBehindAnEarlyResponse() throws Exception {
        rig.app.script((connection, head) -> {
            if (head.startsWith("POST")) {
                connection.ok("early");
                connection.readBody(head);
            } else {
                connection.ok("next");
            }
        });
        start();
        String rest = "2\r\nbc\r\n0\r\n\r\n" + GET;
        for (int at = 0; at < rest.length(); at++) {
            channel.send(UPLOAD + "1\r\na\r\n");
            assertEquals("early", body(channel.nextResponse()));
            channel.send(rest.substring(0, at)).send(rest.substring(at));
            assertEquals("next", body(channel.nextResponse()), "cut at " + at);
        }
        assertNoOtherChannel();
    }

    @Test
    void anEarlyResponseWhoseUploadIsGivenUpCostsThisChannelOnly() throws Exception {
        rig.app.script((connection, head) -> {
            connection.ok("early");
            connection.readBody(head);
        });
        start();
        channel.send(UPLOAD + "1\r\nx\r\n");
        assertEquals("early", body(channel.nextResponse()));
        channel.reset();
        assertNotNull(rig.app.ends.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody sends the rest");
        RouterChannel before = channel;
        channel = rig.router.nextChannel();
        assertNotSame(before, channel);
        assertGoesOn();
        assertEquals("RouterGoAway", goAway().exitReason());
    }

    @Test
    void theNextRequestBeforeTheResponseIsAFault() throws Exception {
        rig.app.script((connection, head) -> connection.in.read());
        start();
        channel.send(GET);
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        channel.send(GET);
        channel.awaitReset();
        assertNull(rig.app.heads.poll());
        channel = rig.router.nextChannel();
        assertGoesOn();
        assertEquals("ChannelErrorOther", goAway().exitReason());
    }

    @Test
    void anAppThatDiesInItsResponseCostsThisChannelOnly() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
            connection.socket.close();
        });
        start();
        RouterChannel first = channel;
        channel.send(GET);
        assertAnotherChannel();
        assertFalse(first.rest().endsWith("0\r\n\r\n"), "half a response never looks whole");
        assertEquals("AppConnectionClosed", goAway().exitReason());
    }

    @Test
    void aResponseThatTheDeathOfTheAppEndsNeverLooksWhole() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.0 200 OK\r\n\r\nhalf");
            rig.app.close();
            connection.socket.close();
        });
        start();
        channel.send(GET).awaitReset();
        assertTrue(channel.rest().endsWith("\r\n\r\n4\r\nhalf\r\n"), channel.rest());
    }

    @Test
    void anAppThatFailsBeforeItsResponseLeavesTheChannelWhole() throws Exception {
        rig.app.script((connection, head) -> connection.write("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
        start();
        channel.send(UPLOAD + "1\r\nx\r\n");
        assertTrue(channel.nextResponse().startsWith("HTTP/1.1 502 "));
        channel.send("3\r\nyyy\r\n0\r\n\r\n");
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void aHeadThatGrowsTooLargeOnItsWayLeavesTheChannelWhole() throws Exception {
        start();
        StringBuilder head = new StringBuilder("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n");
        for (int i = 0; i < 253; i++) {
            head.append("X-").append(i).append(": 1\r\n");
        }
        String response = channel.send(head + "\r\nbody").nextResponse();
        assertTrue(response.startsWith("HTTP/1.1 431 "), response);
        assertGoesOn();
        assertNoOtherChannel();
    }

    @Test
    void aHeadThatNobodyKnowsTheEndOfIsTheLastOfItsChannel() throws Exception {
        start();
        channel.send("GET / HTTP/1.1\r\nX-Long: " + "x".repeat(40_000) + "\r\n\r\n");
        String answer = channel.answer();
        assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
        channel.end();
        channel = rig.router.nextChannel();
        assertGoesOn();
    }

    @Test
    void aRouterThatEndsItsSideGetsTheResponseAndTheEnd() throws Exception {
        start();
        assertGoesOn();
        rig.app.script((connection, head) ->
                connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nlast\r\n0\r\n\r\n"));
        channel.send(GET).end();
        assertEquals("last", body(channel.nextResponse()));
        assertTrue(channel.answer().endsWith("\r\n0\r\n\r\n"));
        channel = rig.router.nextChannel();
        assertGoesOn();
    }

    @Test
    void aRouterThatEndsItsSideOfAParkedChannelGetsTheEnd() throws Exception {
        start();
        assertGoesOn();
        assertTrue(channel.end().answer().endsWith("goes on"));
        channel = rig.router.nextChannel();
        assertGoesOn();
    }

    @Test
    void aResetOfAParkedChannelCostsThisChannelOnly() throws Exception {
        start();
        assertGoesOn();
        channel.reset();
        RouterChannel before = channel;
        channel = rig.router.nextChannel();
        assertNotSame(before, channel);
        assertGoesOn();
        assertEquals("RouterGoAway", goAway().exitReason());
    }

    @Test
    void anIdleInvokeLeavesAfterItsLastRequest() throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_LAST_ACTIVE_GRACE_PERIOD_MS", "300");
        start();
        assertGoesOn();
        InvokeReply reply = ClientRig.await(invoke);
        assertEquals("SelfLastActive", reply.exitReason());
        assertEquals(1, reply.requestCount());
    }

    @Test
    void aDrainingInvokeKeepsNoChannelThatComesToRest() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        rig.app.script((connection, head) -> {
            goOn.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
            connection.ok("late");
        });
        rig.time.stop();
        start();
        channel.send(GET);
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        // The deadline of an invoke that has two minutes; from here on time passes.
        rig.jumpTo(Duration.ofSeconds(105));
        assertNotNull(rig.router.closes.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        goOn.complete(null);
        assertEquals("late", body(channel.nextResponse()));
        InvokeReply reply = ClientRig.await(invoke);
        assertEquals("SelfDeadline", reply.exitReason());
        assertTrue(reply.invokeDurationMs() < 110_000, reply.toString());
        assertNoOtherChannel();
    }

    /** A reset could overtake what the router has not yet passed on to a slow user. */
    @Test
    void aDrainingInvokeEndsChannelsThatHaveServedInOrder() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        rig.app.script((connection, head) -> {
            if (head.startsWith("GET /slow ")) {
                goOn.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            connection.ok("fine");
        });
        rig.time.stop();
        rig.channels = 2;
        start();
        RouterChannel slow = rig.router.nextChannel();
        assertEquals("fine", body(channel.send(GET).nextResponse()));
        assertEquals("fine", body(slow.send(GET).nextResponse()));
        slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        while (!rig.app
                .heads
                .poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS)
                .startsWith("GET /slow ")) {
            // Those that were served.
        }
        rig.jumpTo(Duration.ofSeconds(105));
        assertNotNull(rig.router.closes.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertTrue(channel.answer().endsWith("fine"), "parked");
        goOn.complete(null);
        assertTrue(slow.answer().endsWith("fine"), "busy");
        assertEquals("SelfDeadline", ClientRig.await(invoke).exitReason());
        assertEquals(2, rig.router.channelsOpened());
    }
}
