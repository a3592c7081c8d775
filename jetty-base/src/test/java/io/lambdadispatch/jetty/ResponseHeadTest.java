package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import java.io.IOException;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Heads of answers: cut anywhere, too large, no heads at all, interim ones, and those that lie about the body. The system that this
 * one re-implements failed on bad ones (its issue 99).
 */
@Tag(RouterHost.ANY)
class ResponseHeadTest {
    private static final int LIMIT = 32 * 1024;

    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = Rig.warm();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private ScriptedChannel asked() throws IOException {
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        return channel;
    }

    @Test
    void aHeadMayBeSplitAtEveryByte() throws Exception {
        String answer =
                head("HTTP/1.1 103 Hint", "Link: x") + head("HTTP/1.1 200 OK", "X-A: b", "Content-Length: 4") + "body";
        RawUser user = rig.user();
        for (int cut = 1; cut < answer.length(); cut++) {
            user.get("/cut/" + cut);
            ScriptedChannel channel = asked();
            channel.send(answer.substring(0, cut));
            channel.answer(answer.substring(cut));
            Answer received = user.readAnswer();
            assertEquals(200, received.status());
            assertEquals(List.of("b"), received.head().values("X-A"));
            assertEquals("body", received.text());
        }
    }

    @Test
    void aHeadMayComeByteByByte() throws Exception {
        RawUser user = rig.user().get("/");
        ScriptedChannel channel = asked();
        for (char c : (head("HTTP/1.1 200 OK", "X-A: b", "Content-Length: 4") + "body").toCharArray()) {
            channel.send("" + c);
        }
        channel.end();
        assertEquals("body", user.readAnswer().text());
    }

    private static String headOfSize(int size) {
        String rest = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: \r\n\r\n";
        return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: " + "x".repeat(size - rest.length()) + "\r\n\r\n";
    }

    /** Tomcat cannot send a field of that size over HTTP/2. */
    @Tag(RouterHost.NOT_IN_TOMCAT)
    @Test
    void aHeadOf32KilobytesIsPassedOn() throws Exception {
        RawUser user = rig.user().get("/");
        H2Stream stream = rig.h2User().get("/");
        String head = headOfSize(LIMIT);
        asked().answer(head + "ok");
        asked().answer(head + "ok");
        Answer answer = user.readAnswer();
        assertEquals("ok", answer.text());
        assertTrue(answer.head().values("X").get(0).length() > LIMIT - 200);
        assertEquals(200, stream.status());
        assertEquals("ok", stream.readText());
    }

    @ParameterizedTest
    @ValueSource(ints = {LIMIT + 1, LIMIT + 1024, 10 * LIMIT})
    void aHeadThatIsTooLargeIsABadAnswer(int size) throws Exception {
        RawUser user = rig.user().get("/");
        H2Stream stream = rig.h2User().get("/");
        for (int i = 0; i < 2; i++) {
            ScriptedChannel channel = asked();
            var unused = channel.stream()
                    .sendLater(
                            (headOfSize(size) + "ok").getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                            0,
                            size + 2,
                            true);
        }
        assertEquals(502, user.readAnswer().status());
        assertEquals(502, stream.status());
        rig.awaitQuiet();
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
                "HTTP/1.1 200 OK\r\nSpace : x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\u0000b\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
            })
    void whatIsNoHeadIsABadAnswer(String answer) throws Exception {
        RawUser user = rig.user().get("/");
        ScriptedChannel channel = asked();
        channel.send(answer);
        Answer received = user.readAnswer();
        assertEquals(502, received.status());
        assertTrue(received.isComplete());
        channel.stream().awaitReset();
        rig.awaitQuiet();
        // The user may go on.
        user.get("/next");
        asked().ok("next");
        assertEquals("next", user.readAnswer().text());
    }

    @Test
    void statusesBeyond599AreABadAnswerOrPassedOnButNeverAHang() throws Exception {
        for (int status : new int[] {600, 700, 999}) {
            RawUser user = rig.user().get("/");
            asked().answer(head("HTTP/1.1 " + status + " Far", "Content-Length: 2") + "ok");
            assertTrue(List.of(502, status).contains(user.readAnswer().status()));
        }
        rig.awaitQuiet();
    }

    @Test
    void interimHeadsAreSkipped() throws Exception {
        RawUser user = rig.user().get("/");
        H2Stream stream = rig.h2User().get("/");
        for (int i = 0; i < 2; i++) {
            ScriptedChannel channel = asked();
            channel.send(head("HTTP/1.1 100 Continue", "X-Interim: 1"));
            channel.send(head("HTTP/1.1 103 Early Hints", "Link: </s.css>")
                    + head("HTTP/1.1 102 Processing", "X-Interim: 2"));
            channel.answer(head("HTTP/1.1 200 OK", "Content-Length: 2") + "ok");
        }
        Answer answer = user.readAnswer();
        assertEquals("ok", answer.text());
        assertEquals(List.of(), answer.head().values("X-Interim"));
        assertEquals(List.of(), answer.head().values("Link"));
        assertEquals("ok", stream.readText());
    }

    @Test
    void interimHeadsWithoutAFinalOneAreNoAnswer() throws Exception {
        RawUser user = unsafeUser();
        asked().answer(head("HTTP/1.1 100 Continue", "X: y"));
        assertEquals(502, user.readAnswer().status());
        rig.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void anAnswerThatHasNoBodyEndsWithItsHead(String status) throws Exception {
        RawUser user = rig.user().get("/");
        H2Stream stream = rig.h2User().get("/");
        for (int i = 0; i < 2; i++) {
            asked().answer(head("HTTP/1.1 " + status, "ETag: \"x\""));
        }
        Answer answer = user.readAnswer();
        assertEquals(Integer.parseInt(status.substring(0, 3)), answer.status());
        assertEquals(List.of("\"x\""), answer.head().values("ETag"));
        assertEquals(List.of(), answer.head().values("Transfer-Encoding"));
        assertEquals("", stream.readText());
        user.get("/next");
        asked().ok("next");
        assertEquals("next", user.readAnswer().text());
    }

    @Test
    void theLengthOfWhatIsNotSentIsPassedOn() throws Exception {
        RawUser user = rig.user().send(head("GET / HTTP/1.1", "Host: h", "If-None-Match: \"x\""));
        asked().answer(head("HTTP/1.1 304 Not Modified", "Content-Length: 5000", "ETag: \"x\""));
        assertEquals(304, user.readAnswer().status());
        user.send(head("HEAD / HTTP/1.1", "Host: h"));
        asked().answer(head("HTTP/1.1 200 OK", "Content-Length: 5000"));
        Answer answer = user.readAnswer("HEAD");
        assertEquals(List.of("5000"), answer.head().values("Content-Length"));
        user.get("/next");
        asked().ok("next");
        assertEquals("next", user.readAnswer().text());
    }

    @Test
    void aResponseToHeadMayLackALength() throws Exception {
        RawUser user = rig.user().send(head("HEAD / HTTP/1.1", "Host: h"));
        H2Stream stream = rig.h2User().request("HEAD", "/", HttpFields.EMPTY, true);
        for (int i = 0; i < 2; i++) {
            asked().answer(head("HTTP/1.1 200 OK", "X: y"));
        }
        Answer answer = user.readAnswer("HEAD");
        assertEquals(200, answer.status());
        assertEquals(List.of(), answer.head().values("Content-Length"), "which is that of what a GET would get");
        assertEquals(200, stream.status());
        assertEquals(List.of(), stream.fields().getValuesList("Content-Length"));
        assertEquals("", stream.readText());
        user.get("/next");
        asked().ok("next");
        assertEquals("next", user.readAnswer().text());
    }

    @Test
    void a304MayLackALength() throws Exception {
        RawUser user = rig.user().send(head("GET / HTTP/1.1", "Host: h", "If-None-Match: \"x\""));
        H2Stream stream = rig.h2User().get("/");
        for (int i = 0; i < 2; i++) {
            asked().answer(head("HTTP/1.1 304 Not Modified", "ETag: \"x\""));
        }
        Answer answer = user.readAnswer();
        assertEquals(304, answer.status());
        assertEquals(List.of(), answer.head().values("Content-Length"), "which is that of what is not sent");
        assertEquals(304, stream.status());
        assertEquals(List.of(), stream.fields().getValuesList("Content-Length"));
        assertEquals("", stream.readText());
        user.get("/next");
        asked().ok("next");
        assertEquals("next", user.readAnswer().text());
    }

    /** RFC 9110 §8.6. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void a204HasNoLength(int length) throws Exception {
        RawUser user = rig.user().get("/");
        H2Stream stream = rig.h2User().get("/");
        for (int i = 0; i < 2; i++) {
            asked().answer(head("HTTP/1.1 204 No Content", "Content-Length: " + length, "X: y"));
        }
        Answer answer = user.readAnswer();
        assertEquals(204, answer.status());
        assertEquals(List.of("y"), answer.head().values("X"));
        assertEquals(List.of(), answer.head().values("Content-Length"));
        assertEquals(204, stream.status());
        assertEquals(List.of(), stream.fields().getValuesList("Content-Length"));
        assertEquals("", stream.readText());
        user.get("/next");
        asked().ok("next");
        assertEquals("next", user.readAnswer().text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
            })
    void aBodyThatIsShorterThanItSaysIsCutShortForTheUserToo(String answer) throws Exception {
        RawUser user = unsafeUser();
        H2Stream stream = rig.h2User().request("DELETE", "/", HttpFields.EMPTY, true);
        for (int i = 0; i < 2; i++) {
            asked().answer(answer);
        }
        assertCutShort(user, stream);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100_000})
    void aBodyThatIsLongerThanItSaysIsNeverPassedOnAsIfItWereRight(int excess) throws Exception {
        RawUser user = rig.user().get("/");
        H2Stream stream = rig.h2User().get("/");
        for (int i = 0; i < 2; i++) {
            ScriptedChannel channel = asked();
            channel.send(head("HTTP/1.1 200 OK", "Content-Length: 3") + "ab");
            byte[] rest = "x".repeat(excess + 1).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            var unused = channel.stream().sendLater(rest, 0, rest.length, false);
            channel.stream().awaitReset();
        }
        assertCutShort(user, stream);
    }

    /** Whose request is not sent again. */
    private RawUser unsafeUser() throws IOException {
        return rig.user().send(head("DELETE / HTTP/1.1", "Host: h"));
    }

    private void assertCutShort(RawUser user, H2Stream stream) throws IOException {
        try {
            Answer answer = user.readAnswer();
            assertTrue(answer.status() == 502 || !answer.isComplete(), answer.toString());
            if (!answer.isComplete()) {
                assertTrue(user.awaitEnd());
            }
        } catch (java.io.EOFException e) {
            assertFalse(user.hasBytes());
        }
        if (stream.status() == 200) {
            assertThrows(IOException.class, stream::readToEnd);
        } else {
            assertEquals(502, stream.status());
        }
        rig.awaitQuiet();
    }
}
