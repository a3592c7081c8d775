package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.InvokeReply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to one request and its answer when nothing goes wrong. */
@SuppressWarnings("StringConcatToTextBlock") // Text blocks have no CR LF.
class ExchangeIT {
    private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: example.org\r\n\r\n";

    private ClientRig rig;
    private CompletableFuture<InvokeReply> invoke;

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig();
        invoke = rig.invoke();
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
        assertTrue(ClientRig.await(invoke).invokeDurationMs() >= 0);
    }

    @Test
    void aGetReachesTheAppAndItsAnswerComesBack() throws Exception {
        String answer = rig.exchange(GET);
        assertTrue(
                answer.startsWith("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Lambda-Id: lambda-1\r\nX-Channel-Id: "),
                answer);
        assertTrue(answer.endsWith("\r\n\r\nhello"), answer);
        String head = rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(
                head.startsWith(
                        "GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nX-Pool-Id: pool-a\r\nX-Lambda-Id: lambda-1\r\nX-Channel-Id: "),
                head);
    }

    @Test
    void aHeadMayBeSplitAtEveryByte() throws Exception {
        for (int i = 1; i < GET.length(); i++) {
            RouterChannel channel = rig.router.nextChannel();
            channel.send(GET.substring(0, i)).send(GET.substring(i)).end();
            assertTrue(channel.answer().endsWith("hello"));
        }
    }

    @Test
    void targetBytesRepeatedFieldsAndLatin1ValuesAreUnchanged() throws Exception {
        String line = "GET /a//b/%2e%2e/c;x=1\u00c3\u00a9?q=%zz&r=|{} HTTP/1.1\r\n";
        rig.exchange(line + "Host: h\r\nX-Many: 1\r\nx-other: \u00fc\r\nX-Many: 2\r\n\r\n");
        String head = rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(head.startsWith(line + "Host: h\r\nX-Many: 1\r\nx-other: \u00fc\r\nX-Many: 2\r\n"), head);
    }

    @Test
    void hopByHopFieldsAreDroppedInBothDirections() throws Exception {
        rig.app.script((connection, head) -> connection.write(
                "HTTP/1.1 200 Fine\r\nConnection: x-drop, keep-alive\r\nX-Drop: 1\r\nKeep-Alive: 5\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
                        + "Content-Length: 0\r\n\r\n"));
        String answer = rig.exchange(
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, X-Mine\r\nUpgrade: websocket\r\nX-Mine: 1\r\nTE: trailers\r\nX-Lambda-Id: forged\r\n\r\n");
        assertTrue(
                answer.startsWith(
                        "HTTP/1.1 200 Fine\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\nX-Lambda-Id: "),
                answer);
        String head = rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(
                head.startsWith("GET / HTTP/1.1\r\nHost: h\r\nX-Pool-Id: pool-a\r\nX-Lambda-Id: lambda-1\r\n"), head);
    }

    @Test
    void aBodyOfKnownLengthIsCounted() throws Exception {
        rig.app.script((connection, head) -> connection.ok(text(connection.readBody(head))));
        RouterChannel channel = rig.router.nextChannel();
        channel.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc")
                .send("def");
        // Not ended by the router: the length alone says where the body ends.
        assertTrue(channel.answer().endsWith("\r\n\r\nabcdef"));
        channel.end();
    }

    @Test
    void aRawBodyEndsWithTheStreamAndReachesTheAppInChunks() throws Exception {
        rig.app.script((connection, head) -> connection.ok(text(connection.readBody(head))));
        RouterChannel channel = rig.router.nextChannel();
        channel.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nabc")
                .send("def")
                .end();
        assertTrue(channel.answer().endsWith("\r\n\r\nabcdef"));
    }

    @Test
    void aPostWhoseStreamEndsBehindTheHeadHasNoBody() throws Exception {
        rig.router
                .nextChannel()
                .send("POST / HTTP/1.1\r\nHost: h\r\n\r\n")
                .end()
                .answer();
        String head = rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertFalse(head.contains("POST") && head.contains("Content-Length"), head);
    }

    @Test
    void aDeleteWithRawBytesBehindItsHeadHasABody() throws Exception {
        rig.app.script((connection, head) -> connection.ok(text(connection.readBody(head))));
        RouterChannel channel = rig.router.nextChannel();
        assertTrue(channel.send("DELETE / HTTP/1.1\r\nHost: h\r\n\r\n")
                .send("gone")
                .end()
                .answer()
                .endsWith("\r\ngone"));
    }

    @Test
    void aDuplexEchoOf10MegabytesIsIdentical() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/octet-stream\r\n\r\n");
            for (byte[] chunk = connection.readChunk(); chunk.length > 0; chunk = connection.readChunk()) {
                connection.write(Integer.toHexString(chunk.length) + "\r\n");
                connection.out.write(chunk);
                connection.write("\r\n");
            }
            connection.write("0\r\n\r\n");
        });
        byte[] body = new byte[10 * 1024 * 1024];
        new Random(1).nextBytes(body);
        RouterChannel channel = rig.router.nextChannel();
        channel.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
                .send(body)
                .end();
        byte[] answer = channel.answerBytes();
        assertArrayEquals(body, Arrays.copyOfRange(answer, answer.length - body.length, answer.length));
    }

    @Test
    void theAnswerMayComeBeforeTheRequestHasEnded() throws Exception {
        rig.app.script((connection, head) -> {
            connection.ok("early");
            connection.readBody(head);
            connection.write("HTTP/1.1 500 late\r\n\r\n");
        });
        RouterChannel channel = rig.router.nextChannel();
        channel.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfirst");
        assertTrue(channel.answer().endsWith("\r\n\r\nearly"));
        channel.send(new byte[500_000]).end();
        // The connection whose request ended late is not used again.
        assertEquals(
                "closed",
                rig.app
                        .ends
                        .poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .replaceFirst(".*(Reset|reset|Broken).*", "closed"));
        rig.app.script((connection, head) -> connection.ok("again"));
        assertTrue(rig.exchange(GET).endsWith("again"));
    }

    @Test
    void aSlowUserStopsTheAppFromSending() throws Exception {
        // Far more than all socket buffers on the way hold.
        byte[] body = new byte[32 * 1024 * 1024];
        CompletableFuture<Void> allWritten = new CompletableFuture<>();
        rig.app.script((connection, head) -> {
            if (head.startsWith("GET /big")) {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
                connection.out.write(body);
                allWritten.complete(null);
            } else {
                connection.ok("hello");
            }
        });
        RouterChannel channel = rig.router.nextChannel();
        channel.pause();
        channel.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n").end();
        channel.awaitAnswer(text -> text.length() >= 200 * 1024);
        for (int i = 0; i < 50; i++) {
            assertTrue(rig.exchange(GET).endsWith("hello"), "others are not held up");
        }
        assertFalse(allWritten.isDone());
        channel.unpause();
        byte[] answer = channel.answerBytes();
        assertEquals(body.length, answer.length - text(answer).indexOf("\r\n\r\n") - 4);
    }

    @Test
    void connectionsToTheAppAreKeptAlive() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertTrue(rig.exchange(GET).endsWith("hello"));
        }
        assertEquals(1, rig.app.connections.get());
    }

    @Test
    void headNoContentAndNotModifiedHaveNoBody() throws Exception {
        rig.app.script((connection, head) -> connection.write(
                head.startsWith("HEAD")
                        ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
                        : "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n"));
        String head = rig.exchange("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertTrue(head.contains("Content-Length: 77\r\n") && head.endsWith("\r\n\r\n"), head);
        String notModified = rig.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertTrue(notModified.startsWith("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n")
                && notModified.endsWith("\r\n\r\n"));
        assertEquals(1, rig.app.connections.get());
    }

    @Test
    void interimResponsesAreSkippedAndOddStatusesPass() throws Exception {
        rig.app.script(
                (connection, head) -> connection.write(
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 519 Proxy Went Away\r\nContent-Length: 1\r\n\r\n!"));
        String answer = rig.exchange(GET);
        assertTrue(answer.startsWith("HTTP/1.1 519 Proxy Went Away\r\n") && answer.endsWith("\r\n\r\n!"), answer);
    }

    @Test
    void anAnswerThatEndsWithTheConnectionIsWhole() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.0 200 OK\r\n\r\nuntil close");
            connection.socket.close();
        });
        assertTrue(rig.exchange(GET).endsWith("\r\n\r\nuntil close"));
    }

    @Test
    void theFirstBytesOfASlowAnswerDoNotWait() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        rig.app.script((connection, head) -> {
            connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            goOn.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
            connection.write("4\r\nlast\r\n0\r\n\r\n");
        });
        RouterChannel channel = rig.router.nextChannel();
        channel.send(GET).end().awaitAnswer(text -> text.endsWith("first"));
        goOn.complete(null);
        assertTrue(channel.answer().endsWith("firstlast"));
    }

    @Test
    void theFirstLineOfASlowGzippedAnswerCanBeReadBeforeTheSecondIsWritten() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "6\r\nfirst\n\r\n");
            goOn.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
            connection.write("5\r\nlast\n\r\n0\r\n\r\n");
        });
        RouterChannel channel = rig.router.nextChannel();
        channel.send("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n")
                .end();
        channel.awaitAnswer(answer -> answer.contains("\r\nContent-Encoding: gzip\r\n")
                && gunzipped(answer).equals("first\n"));
        goOn.complete(null);
        assertEquals("first\nlast\n", gunzipped(channel.answer()));
    }

    /** As much as can be read of the body so far. */
    private static String gunzipped(String answer) {
        byte[] body = answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            for (int b = in.read(); b >= 0; b = in.read()) {
                read.write(b);
            }
        } catch (IOException e) {
            // The rest is still to come.
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatCouldBeGzippedVariesAlsoForUsersWhoDoNotAcceptIt() throws Exception {
        rig.app.script((connection, head) -> connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                + "ETag: \"v1\"\r\nAccept-Ranges: bytes\r\nContent-Length: 2000\r\n\r\n" + "x".repeat(2_000)));
        String plain = rig.exchange("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip;q=0\r\n\r\n");
        assertTrue(plain.contains("\r\nVary: Accept-Encoding\r\n") && plain.endsWith("x".repeat(2_000)), plain);
        assertTrue(plain.contains("\r\nETag: \"v1\"\r\n") && plain.contains("\r\nContent-Length: 2000\r\n"), plain);
        assertTrue(plain.contains("\r\nAccept-Ranges: bytes\r\n"), plain);
        String gzipped = rig.exchange("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
        assertTrue(gzipped.contains("\r\nETag: W/\"v1\"\r\n"), gzipped);
        assertFalse(gzipped.contains("Accept-Ranges") || gzipped.contains("Content-Length"), gzipped);
    }

    @Test
    void aShortResponseIsGzippedForUsersWhoTakeNothingElse() throws Exception {
        rig.app.script((connection, head) -> connection.ok("short"));
        String answer = rig.exchange("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip, identity;q=0\r\n\r\n");
        assertTrue(answer.contains("\r\nContent-Encoding: gzip\r\n"), answer);
    }

    @Test
    void aNotModifiedIsAboutTheTagThatTheUserKnows() throws Exception {
        rig.app.script((connection, head) -> connection.write("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"));
        String known = rig.exchange("GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"v0\", W/\"v1\"\r\n\r\n");
        assertTrue(known.contains("\r\nETag: W/\"v1\"\r\n"), known);
        String strong = rig.exchange("GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"v1\"\r\n\r\n");
        assertTrue(strong.contains("\r\nETag: \"v1\"\r\n"), strong);
    }

    @Test
    void textIsGzippedForUsersWhoAcceptIt() throws Exception {
        String body = "lambda ".repeat(1000);
        rig.app.script((connection, head) ->
                connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: \"1\"\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body));
        RouterChannel channel = rig.router.nextChannel();
        byte[] answer = channel.send("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: br, gzip;q=0.5\r\n\r\n")
                .end()
                .answerBytes();
        String text = text(answer);
        int at = text.indexOf("\r\n\r\n");
        String head = text.substring(0, at);
        assertTrue(head.contains("\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\n"), head);
        assertTrue(head.contains("\r\nETag: W/\"1\"\r\n") && !head.contains("Content-Length"), head);
        try (GZIPInputStream in =
                new GZIPInputStream(new ByteArrayInputStream(answer, at + 4, answer.length - at - 4))) {
            assertEquals(body, text(in.readAllBytes()));
        }
        assertTrue(rig.exchange(GET).endsWith(body));
    }

    @Test
    void nothingIsGzippedWhenThatIsSwitchedOff() throws Exception {
        rig.close();
        rig = new ClientRig();
        rig.environment.put("LAMBDA_DISPATCH_ENABLE_COMPRESSION", "false");
        rig.app.script((connection, head) -> connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                + "ETag: \"v1\"\r\nContent-Length: 2000\r\n\r\n" + "x".repeat(2_000)));
        var unused = rig.invoke();
        String answer = rig.exchange("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
        assertTrue(answer.contains("\r\nETag: \"v1\"\r\n") && answer.endsWith("x".repeat(2_000)), answer);
        assertFalse(answer.contains("Vary") || answer.contains("Content-Encoding"), answer);
    }

    @Test
    void aRouterThatCannotHalfCloseFramesBodies() throws Exception {
        rig.router.script.framesBodies = true;
        rig.app.script((connection, head) -> connection.ok(head.substring(0, 4) + text(connection.readBody(head))));
        // The channels of this invoke were opened before; only those opened from now on are framed.
        rig.router.nextChannel().send(GET).end().answer();
        rig.router.nextChannel().send(GET).end().answer();
        RouterChannel withBody = rig.router.nextChannel();
        withBody.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r")
                .send("\nde\r\n0\r\n\r\n");
        assertTrue(withBody.answer().endsWith("POSTabcde"));
        RouterChannel withoutBody = rig.router.nextChannel();
        withoutBody.send("POST / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertTrue(withoutBody.answer().endsWith("POST"));
        withBody.end();
        withoutBody.end();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
