package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import io.lambdadispatch.testkit.RawUser.AnswerHead;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users who neither send what they have announced nor take what they asked for, and those who only look like that. */
class IdleUserTest {
    private static final int LENGTH = 1_000_000;
    private static final Duration BETWEEN_BYTES = Duration.ofMillis(10);
    private static final int MUCH = 40 * 1024 * 1024;

    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        start("1s");
    }

    private void start(String timeout) throws Exception {
        rig = Rig.warm("RelayIdleTimeout", timeout, "MaxConcurrentCount", "8", "ChannelCount", "8");
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private RawUser uploader() throws IOException {
        return rig.user()
                .send(head("POST /up HTTP/1.1", "Host: h", "Content-Length: " + LENGTH))
                .send("abc");
    }

    /** Somebody else is cut off while this time passes. */
    private void letTheTimeOutPass() throws Exception {
        RawUser victim = uploader();
        ScriptedChannel channel = rig.instance().open();
        assertEquals(408, victim.readAnswer().status());
        channel.stream().awaitReset();
    }

    @Test
    void whoDoesNotSendHisBodyIsTold408() throws Exception {
        RawUser user = uploader();
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        assertEquals("abc", channel.readText(3));
        Answer answer = user.readAnswer();
        assertEquals(408, answer.status());
        assertEquals(List.of("close"), answer.head().values("Connection"));
        assertTrue(user.awaitEnd());
        channel.stream().awaitReset();
        rig.awaitQuiet();
    }

    @Test
    void whoDoesNotSendHisBodyOverHttp2IsTold408() throws Exception {
        H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, false);
        ScriptedChannel channel = rig.instance().open();
        assertEquals(408, stream.status());
        channel.stream().awaitReset();
        rig.awaitQuiet();
    }

    @Test
    void whoDoesNotSendHisBodyWhileHeIsAnsweredIsCutOff() throws Exception {
        rig.close();
        // So much that the answer has begun before, however much a machine has to do.
        start("5s");
        RawUser user = uploader();
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "Content-Length: 100")).send("half of it");
        AnswerHead head = user.readHead();
        assertEquals(200, head.status());
        assertFalse(user.readRest(head, "POST").isComplete());
        channel.stream().awaitReset();
        rig.awaitQuiet();
    }

    @Test
    void whoDoesNotTakeTheAnswerIsCutOff() throws Exception {
        RawUser user = rig.keep(RawUser.connectSlow(rig.usersPort())).get("/much");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "Content-Length: " + MUCH));
        var unused = channel.stream().sendLater(new byte[MUCH], 0, MUCH, true);
        AnswerHead head = user.readHead();
        channel.stream().awaitReset();
        rig.awaitQuiet();
        assertFalse(user.readRest(head, "GET").isComplete());
    }

    @Test
    void whoDoesNotTakeTheAnswerOverHttp2IsCutOff() throws Exception {
        H2Stream stream = rig.h2User().get("/much");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "Content-Length: " + MUCH));
        var unused = channel.stream().sendLater(new byte[MUCH], 0, MUCH, true);
        assertEquals(200, stream.status());
        channel.stream().awaitReset();
        rig.awaitQuiet();
        assertThrows(IOException.class, stream::readToEnd);
    }

    @Test
    void whoIsSlowButSteadyIsServed() throws Exception {
        rig.close();
        // So much that a machine with too much to do does not make him one who is not.
        start("5s");
        RawUser slow = uploader();
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        RawUser victim = uploader();
        ScriptedChannel other = rig.instance().open();
        StringBuilder sent = new StringBuilder("abc");
        Await.until("the other one is cut off", () -> {
            try {
                LockSupport.parkNanos(BETWEEN_BYTES.toNanos());
                slow.send("x");
                sent.append('x');
                return victim.hasBytes();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(408, victim.readAnswer().status());
        other.stream().awaitReset();
        slow.send("y".repeat(LENGTH - sent.length()));
        assertEquals(LENGTH, channel.readBody().length);
        channel.ok("served");
        assertEquals("served", slow.readAnswer().text());
    }

    @Test
    void whoWaitsForTheAppWaitsAsLongAsItTakes() throws Exception {
        RawUser poll = rig.user().get("/poll");
        ScriptedChannel thinking = rig.instance().open();
        thinking.awaitRequest();
        RawUser listener = rig.user().get("/events");
        ScriptedChannel events = rig.instance().open();
        events.awaitRequest();
        events.send(head("HTTP/1.1 200 OK", "Content-Type: text/event-stream")).send("data: 1\n\n");
        AnswerHead head = listener.readHead();
        letTheTimeOutPass();
        letTheTimeOutPass();
        events.send("data: 2\n\n").end();
        Answer all = listener.readRest(head, "GET");
        assertTrue(all.isComplete());
        assertEquals("data: 1\n\ndata: 2\n\n", all.text());
        thinking.ok("after all");
        assertEquals("after all", poll.readAnswer().text());
        rig.awaitQuiet();
    }
}
