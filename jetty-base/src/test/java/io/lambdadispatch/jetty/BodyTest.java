package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.Bodies;
import io.lambdadispatch.jetty.kit.EmbeddedRequest;
import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import io.lambdadispatch.testkit.RawUser.AnswerHead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of all sizes, in both directions, one after the other and at once. */
@Tag(RouterHost.ANY)
class BodyTest {
    private static final int MB = 1024 * 1024;

    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = Rig.warm();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    /** One that says where a request ends even where its container cannot end one side of it. */
    private ScriptedChannel open() {
        return rig.instance().open(rig.instance().framedFields());
    }

    /** An app that answers with what it is sent, as it comes. */
    private static EmbeddedRequest echo(ScriptedChannel channel) throws IOException {
        EmbeddedRequest request = channel.awaitRequest();
        List<String> length = request.values("Content-Length");
        channel.send(
                length.isEmpty()
                        ? head("HTTP/1.1 200 OK", "X: y")
                        : head("HTTP/1.1 200 OK", "Content-Length: " + length.get(0)));
        byte[] some = new byte[16 * 1024];
        for (int size = channel.read(some, 0, some.length); size >= 0; size = channel.read(some, 0, some.length)) {
            Await.value(channel.stream().sendLater(some.clone(), 0, size, false));
        }
        channel.end();
        return request;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1, 64 * 1024, 5 * MB})
    void aBodyOfKnownLengthIsEchoed(int size) throws Exception {
        byte[] body = Bodies.ofSize(size);
        RawUser user = rig.user();
        var upload = KitThreads.start(
                () -> user.send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\n\r\n")
                        .send(body));
        var app = KitThreads.start(() -> echo(open()));
        Answer answer = user.readAnswer();
        assertEquals(List.of("" + size), Await.value(app).values("Content-Length"));
        assertEquals(List.of("" + size), answer.head().values("Content-Length"));
        assertArrayEquals(body, answer.bytes());
        assertTrue(answer.isComplete());
        Await.value(upload);
        rig.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1, 5 * MB})
    void aBodyOfUnknownLengthIsEchoed(int size) throws Exception {
        byte[] body = Bodies.ofSize(size);
        RawUser user = rig.user();
        var upload = KitThreads.start(() -> {
            user.send(head("PUT /echo HTTP/1.1", "Host: h", "Transfer-Encoding: chunked"));
            for (int at = 0; at < size; at += 10_000) {
                user.send(Bodies.chunk(body, at, Math.min(10_000, size - at)));
            }
            return user.send("0\r\n\r\n");
        });
        var app = KitThreads.start(() -> echo(open()));
        Answer answer = user.readAnswer();
        assertEquals(List.of(), Await.value(app).values("Content-Length"));
        assertEquals(List.of("chunked"), Await.value(app).values("Transfer-Encoding"), "as the reference needs it");
        assertArrayEquals(body, answer.bytes());
        assertTrue(answer.isComplete());
        Await.value(upload);
        rig.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1, 5 * MB})
    void aBodyIsEchoedOverHttp2(int size) throws Exception {
        byte[] body = Bodies.ofSize(size);
        HttpFields known = HttpFields.build().put("Content-Length", size);
        for (HttpFields fields : List.of(HttpFields.EMPTY, known)) {
            H2Stream stream = rig.h2User().request("PUT", "/echo", fields, false);
            var upload = stream.sendLater(body, 0, size, true);
            var app = KitThreads.start(() -> echo(open()));
            assertEquals(200, stream.status());
            assertArrayEquals(body, stream.readToEnd());
            if (size > 0) {
                // The answer to a body that is told to be empty may overtake its end, which is then dropped (RFC 9113
                // §8.1).
                Await.value(upload);
            }
            assertEquals(
                    fields.size(), Await.value(app).values("Content-Length").size());
        }
        rig.awaitQuiet();
    }

    @Test
    void fiftyMegabytesAreEchoedWhileTheyAreSent() throws Exception {
        byte[] block = Bodies.ofSize(MB);
        Bodies.Sum sent = Bodies.Sum.of(block, 50);
        RawUser user = rig.user();
        var upload = KitThreads.start(() -> {
            user.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + sent.size() + "\r\n\r\n");
            for (int i = 0; i < 50; i++) {
                user.send(block);
            }
            return null;
        });
        var app = KitThreads.start(() -> echo(open()));
        AnswerHead answer = user.readHead();
        InputStream body = user.body(answer, "POST");
        assertEquals(sent, Bodies.Sum.of(body::read));
        Await.value(upload);
        Await.value(app);
        rig.awaitQuiet();
    }

    @Test
    void fiftyMegabytesAreEchoedOverHttp2WhileTheyAreSent() throws Exception {
        byte[] block = Bodies.ofSize(MB);
        H2Stream stream = rig.h2User().request("POST", "/echo", HttpFields.EMPTY, false);
        var upload = KitThreads.start(() -> {
            for (int i = 0; i < 50; i++) {
                Await.value(stream.sendLater(block, 0, block.length, i == 49));
            }
            return null;
        });
        var app = KitThreads.start(() -> echo(open()));
        assertEquals(Bodies.Sum.of(block, 50), Bodies.Sum.of(stream::read));
        Await.value(upload);
        Await.value(app);
        rig.awaitQuiet();
    }

    @Test
    void anAnswerMayStartBeforeTheRequestHasEnded() throws Exception {
        RawUser user = rig.user()
                .send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 6"))
                .send("abc");
        ScriptedChannel channel = open();
        channel.awaitRequest();
        assertEquals("abc", channel.readText(3));
        channel.send(head("HTTP/1.1 200 OK", "Content-Length: 3"));
        AnswerHead answer = user.readHead();
        channel.send("x");
        InputStream body = user.body(answer, "POST");
        assertEquals('x', body.read());
        user.send("def");
        assertEquals("def", new String(channel.readBody(), StandardCharsets.ISO_8859_1));
        channel.answer("yz");
        assertEquals("yz", new String(body.readAllBytes(), StandardCharsets.ISO_8859_1));
    }

    @Test
    void aUserMayWaitForTheHeadOfTheAnswerBeforeHeSendsHisBody() throws Exception {
        RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked"));
        ScriptedChannel channel = open();
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "X: y"));
        AnswerHead answer = user.readHead();
        user.send("4\r\nbody\r\n0\r\n\r\n");
        assertEquals("body", new String(channel.readBody(), StandardCharsets.ISO_8859_1));
        channel.end();
        assertTrue(user.readRest(answer, "POST").isComplete());
        rig.awaitQuiet();
    }

    @Test
    void aUserMayWaitForTheHeadOfTheAnswerBeforeHeSendsHisBodyOverHttp2() throws Exception {
        H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, false);
        ScriptedChannel channel = open();
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "X: y"));
        assertEquals(200, stream.status());
        stream.send("body".getBytes(StandardCharsets.ISO_8859_1), true);
        assertEquals("body", new String(channel.readBody(), StandardCharsets.ISO_8859_1));
        channel.end();
        assertEquals("", stream.readText());
        rig.awaitQuiet();
    }

    @Test
    void eachPartOfAnAnswerReachesTheUserBeforeTheNextOneIsSent() throws Exception {
        RawUser user = rig.user().get("/stream");
        ScriptedChannel first = open();
        first.awaitRequest();
        H2Stream stream = rig.h2User().get("/stream");
        first.send(head("HTTP/1.1 200 OK", "Content-Type: text/event-stream"));
        InputStream body = user.body(user.readHead(), "GET");
        ScriptedChannel second = open();
        second.awaitRequest();
        second.send(head("HTTP/1.1 200 OK", "Content-Type: text/event-stream"));
        for (char part = 'a'; part < 'k'; part++) {
            first.send("" + part);
            assertEquals(part, body.read());
            second.send("" + part);
            assertEquals("" + part, new String(stream.readExactly(1), StandardCharsets.ISO_8859_1));
        }
        first.end();
        second.end();
        assertEquals(-1, body.read());
        assertEquals("", stream.readText());
    }

    @Test
    void eachPartOfARequestReachesTheAppBeforeTheNextOneIsSent() throws Exception {
        RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 10"));
        ScriptedChannel channel = open();
        channel.awaitRequest();
        for (char part = 'a'; part < 'k'; part++) {
            user.send("" + part);
            assertEquals("" + part, channel.readText(1));
        }
        assertEquals(0, channel.readBody().length);
        channel.ok("ok");
        assertEquals("ok", user.readAnswer().text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000", "Transfer-Encoding: chunked"})
    void anAnswerThatEndsBeforeTheRequestDoesNotPassForAnEndOfTheRequest(String framing) throws Exception {
        RawUser user =
                rig.user().send(head("POST / HTTP/1.1", "Host: h", framing)).send("3\r\nabc\r\n");
        ScriptedChannel channel = open();
        channel.awaitRequest();
        channel.readText(3);
        channel.answer(head("HTTP/1.1 413 No", "Content-Length: 5") + "early");
        Answer answer = user.readAnswer();
        assertEquals(413, answer.status());
        assertEquals("early", answer.text());
        assertTrue(answer.isComplete());
        assertThrows(IOException.class, channel::readBody);
        rig.awaitQuiet();
    }

    @Test
    void anAnswerThatEndsBeforeTheRequestLeavesTheHttp1ConnectionSane() throws Exception {
        RawUser user = rig.user()
                .send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 10"))
                .send("abc");
        ScriptedChannel channel = open();
        channel.awaitRequest();
        channel.readText(3);
        channel.answer(head("HTTP/1.1 200 OK", "Content-Length: 5") + "early");
        assertEquals("early", user.readAnswer().text());
        rig.awaitQuiet();
        // Either the rest is skipped and the next request served, or the connection is closed: nothing in between.
        try {
            user.send("defghij").get("/next");
            ScriptedChannel next = open();
            var answer = KitThreads.start(user::readAnswer);
            Await.until("the next request is served or refused", () -> answer.isDone() || rig.running() == 1);
            if (rig.running() == 1) {
                assertEquals("/next", next.awaitRequest().target());
                next.ok("next");
                assertEquals("next", Await.value(answer).text());
            }
        } catch (IOException e) {
            assertTrue(user.awaitEnd());
        }
        rig.awaitQuiet();
    }

    @Test
    void anAnswerThatEndsBeforeTheRequestEndsTheHttp2StreamOnly() throws Exception {
        var user = rig.h2User();
        H2Stream stream = user.request("POST", "/", HttpFields.EMPTY, false);
        stream.send("abc");
        ScriptedChannel channel = open();
        channel.awaitRequest();
        channel.readText(3);
        channel.answer(head("HTTP/1.1 200 OK", "Content-Length: 5") + "early");
        assertEquals("early", stream.readText());
        H2Stream next = user.get("/next");
        ScriptedChannel second = open();
        assertEquals("/next", second.awaitRequest().target());
        second.ok("next");
        assertEquals("next", next.readText());
        rig.awaitQuiet();
    }
}
