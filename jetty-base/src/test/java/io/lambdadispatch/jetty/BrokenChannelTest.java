package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.Bodies;
import io.lambdadispatch.jetty.kit.Fault;
import io.lambdadispatch.jetty.kit.Fault.What;
import io.lambdadispatch.jetty.kit.Fault.When;
import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import io.lambdadispatch.testkit.RawUser.AnswerHead;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.ErrorCode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Instances that fail, at any moment, in any way. In the system that this one re-implements, requests of an instance that had died
 * hung (its issue 57).
 */
@Tag(RouterHost.ANY)
class BrokenChannelTest {
    static Stream<Fault> faults() {
        return Arrays.stream(When.values())
                .flatMap(when -> Arrays.stream(What.values()).map(what -> new Fault(when, what)))
                // An end behind a head without a length is no fault.
                .filter(fault -> fault.when() != When.IN_STREAMED_BODY || fault.what() != What.ENDS_STREAM);
    }

    /** A channel that breaks before the router has seen that its status is out serves nobody. */
    private static void happen(Fault fault, Rig rig, ScriptedChannel channel) throws IOException {
        if (fault.when() == When.BEFORE_REQUEST_IS_READ) {
            rig.awaitRunning(1);
        } else {
            channel.awaitRequest();
        }
        if (!fault.when().answer().isEmpty()) {
            channel.send(fault.when().answer());
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void anUnsafeRequestFailsOnceAndVisibly(Fault fault) throws Exception {
        try (Rig rig = Rig.cold()) {
            RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 0"));
            ScriptedInstance instance = rig.nextInstance();
            ScriptedChannel channel = instance.open();
            happen(fault, rig, channel);
            if (fault.when().isAnswered()) {
                var answer = user.readHead();
                assertEquals(200, answer.status());
                channel.strike(fault.what());
                assertFalse(user.readRest(answer, "POST").isComplete());
                assertTrue(user.awaitEnd());
            } else {
                channel.strike(fault.what());
                assertEquals(502, user.readAnswer().status());
            }
            rig.awaitQuiet();
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void anUnsafeRequestFailsOnceAndVisiblyOverHttp2(Fault fault) throws Exception {
        try (Rig rig = Rig.cold()) {
            H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, true);
            ScriptedChannel channel = rig.nextInstance().open();
            happen(fault, rig, channel);
            if (fault.when().isAnswered()) {
                assertEquals(200, stream.status());
                channel.strike(fault.what());
                assertThrows(IOException.class, stream::readToEnd);
            } else {
                channel.strike(fault.what());
                assertEquals(502, stream.status());
            }
            rig.awaitQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource(What.class)
    void aSafeRequestIsSentAgainOnceWhenNothingCameBack(What what) throws Exception {
        try (Rig rig = Rig.cold("MaxConcurrentCount", "1", "ChannelCount", "2")) {
            RawUser user = rig.user().get("/again");
            ScriptedInstance instance = rig.nextInstance();
            ScriptedChannel first = instance.open();
            first.awaitRequest();
            first.strike(what);
            if (what == What.DIES) {
                instance.invoke().crash();
                instance = rig.nextInstance();
            }
            ScriptedChannel second = instance.open();
            assertEquals("/again", second.awaitRequest().target());
            second.ok("second");
            assertEquals("second", user.readAnswer().text());
            rig.awaitQuiet();
        }
    }

    @Test
    void aSafeRequestIsNotSentAgainWhereTheConfigurationForbidsIt() throws Exception {
        try (Rig rig = Rig.warm("RetrySafeRequests", "false")) {
            RawUser user = rig.user().get("/once");
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.strike(What.RESETS_WITH_CANCEL);
            assertEquals(502, user.readAnswer().status());
            rig.instance().open();
            rig.awaitQuiet();
            rig.awaitIdleChannels(1);
        }
    }

    @Test
    void aSafeRequestIsNotSentAThirdTime() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().get("/again");
            for (int i = 0; i < 2; i++) {
                ScriptedChannel channel = rig.instance().open();
                channel.awaitRequest();
                channel.strike(What.RESETS_WITH_CANCEL);
            }
            assertEquals(502, user.readAnswer().status());
            ScriptedChannel third = rig.instance().open();
            rig.awaitQuiet();
            rig.awaitIdleChannels(1);
            assertFalse(third.stream().isBroken());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = When.class,
            names = {"AFTER_HEAD", "IN_COUNTED_BODY"})
    void aSafeRequestIsNotSentAgainOnceSomethingCameBack(When when) throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().get("/once");
            ScriptedChannel first = rig.instance().open();
            first.awaitRequest();
            first.send(when.answer());
            user.readHead();
            first.strike(What.RESETS_WITH_CANCEL);
            assertTrue(user.awaitEnd() || when == When.IN_COUNTED_BODY);
            rig.awaitQuiet();
            rig.instance().open();
            rig.awaitIdleChannels(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "H",
                "HTTP/1.1 200 OK\r\nX-First: 1\r\n",
                "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
            })
    void aSafeRequestIsSentAgainWhenNoWholeHeadCameBack(String part) throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().get("/again");
            ScriptedChannel first = rig.instance().open();
            first.awaitRequest();
            first.send(part).strike(What.RESETS_WITH_CANCEL);
            ScriptedChannel second = rig.instance().open();
            assertEquals("/again", second.awaitRequest().target());
            second.ok("second");
            Answer answer = user.readAnswer();
            assertEquals("second", answer.text());
            assertEquals(List.of(), answer.head().values("X-First"));
            rig.awaitQuiet();
        }
    }

    /**
     * Whether anything of it has gone to the user already when the channel breaks is a matter of luck. It is on its way as soon as the
     * router has given it to the container, which may not have sent any of it when the connection is cut.
     */
    @Test
    void anAnswerThatBreaksOffIsSeenBrokenOrNotAtAll() throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel first = rig.instance().open();
            for (int i = 0; i < 200; i++) {
                RawUser user = rig.user().get("/again");
                first.awaitRequest();
                first.send(head("HTTP/1.1 201 Created", "X-First: 1", "Content-Length: 6") + "fi");
                LockSupport.parkNanos(20_000L * (i % 20));
                first.strike(What.RESETS_WITH_CANCEL);
                ScriptedChannel second = rig.instance().open();
                var seen = KitThreads.start(user::readHead);
                Await.until("answered, cut off, or sent again", () -> second.hasRequest() || seen.isDone());
                boolean isSentAgain = second.hasRequest();
                if (isSentAgain) {
                    second.serve("second");
                    AnswerHead head = Await.value(seen);
                    assertEquals(200, head.status());
                    assertEquals(List.of(), head.values("X-First"));
                    assertTrue(user.readRest(head, "GET").isComplete());
                } else if (!seen.isCompletedExceptionally()) {
                    AnswerHead head = Await.value(seen);
                    assertEquals(201, head.status());
                    assertFalse(user.readRest(head, "GET").isComplete());
                }
                user.close();
                first = isSentAgain ? rig.instance().open() : second;
            }
            rig.awaitQuiet();
        }
    }

    @Test
    void aRequestWithABodyIsNotSentAgainEvenIfItsMethodIsSafe() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user()
                    .send(head("GET / HTTP/1.1", "Host: h", "Content-Length: 3"))
                    .send("abc");
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.strike(What.RESETS_WITH_CANCEL);
            assertEquals(502, user.readAnswer().status());
            rig.awaitQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource(What.class)
    void aChannelThatBreaksInTheMiddleOfAnUploadFailsTheRequest(What what) throws Exception {
        try (Rig rig = Rig.cold()) {
            RawUser user = rig.user()
                    .send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 100"))
                    .send("abc");
            ScriptedChannel channel = rig.nextInstance().open();
            channel.awaitRequest();
            assertEquals("abc", channel.readText(3));
            channel.strike(what);
            assertEquals(502, user.readAnswer().status());
            rig.awaitQuiet();
        }
    }

    @Test
    void anHttp10UserSeesABrokenAnswerAsABrokenConnection() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().send("GET / HTTP/1.0\r\n\r\n");
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.send(head("HTTP/1.1 200 OK", "Content-Length: 10") + "abc");
            var answer = user.readHead();
            channel.strike(What.RESETS_WITH_CANCEL);
            assertFalse(user.readRest(answer, "GET").isComplete());
            rig.awaitQuiet();
        }
    }

    /** Containers would end such an answer with its connection, and then a broken one as well. */
    @ParameterizedTest
    @ValueSource(strings = {"close", "Keep-Alive, Close"})
    void anAnswerOfUnknownLengthSaysItsEndEvenWhereItsConnectionEndsWithIt(String connection) throws Exception {
        try (Rig rig = Rig.warm()) {
            for (boolean isWhole : new boolean[] {true, false}) {
                RawUser user = rig.user().send(head("GET / HTTP/1.1", "Host: h", "Connection: " + connection));
                ScriptedChannel channel = rig.instance().open();
                channel.awaitRequest();
                channel.send(head("HTTP/1.1 200 OK") + "abc");
                AnswerHead head = user.readHead();
                if (isWhole) {
                    channel.end();
                } else {
                    channel.strike(What.RESETS_WITH_CANCEL);
                }
                Answer answer = user.readRest(head, "GET");
                assertEquals(isWhole, answer.isComplete());
                if (isWhole) {
                    assertEquals("abc", answer.text());
                    assertTrue(user.awaitEnd());
                }
            }
            rig.awaitQuiet();
        }
    }

    @Test
    @Tag(RouterHost.STANDALONE_ONLY)
    void anHttp10UserSeesAnAnswerOfUnknownLengthThatBreaksOffAsAReset() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().send("GET / HTTP/1.0\r\n\r\n");
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.send(head("HTTP/1.1 200 OK") + "abc");
            AnswerHead head = user.readHead();
            channel.strike(What.RESETS_WITH_CANCEL);
            assertFalse(user.readRest(head, "GET").isComplete());
            rig.awaitQuiet();
        }
    }

    @Test
    @Tag(RouterHost.STANDALONE_ONLY)
    void anHttp10UserWhoIsAnsweredInTheMiddleOfHisUploadGetsAllOfIt() throws Exception {
        try (Rig rig = Rig.warm()) {
            byte[] body = Bodies.ofSize(3_000_000);
            RawUser user = rig.keep(RawUser.connectSlow(rig.usersPort()))
                    .send("POST / HTTP/1.0\r\nContent-Length: 100\r\n\r\nabc");
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            var sent = KitThreads.start(() -> {
                channel.send(head("HTTP/1.1 200 OK")).send(body).end();
                return null;
            });
            InputStream answer = user.body(user.readHead(), "POST");
            // Slowly, until all that is left is in the kernel.
            int size = 0;
            while ((!sent.isDone() || rig.running() > 0) && size < body.length) {
                size += answer.readNBytes(4096).length;
            }
            rig.awaitQuiet();
            assertEquals(body.length, size + answer.readAllBytes().length);
        }
    }

    @ParameterizedTest
    @EnumSource(What.class)
    void anIdleChannelThatBreaksIsForgotten(What what) throws Exception {
        try (Rig rig = Rig.warm()) {
            List<ScriptedChannel> channels = new ArrayList<>(rig.instance().open(3));
            rig.awaitIdleChannels(3);
            if (what == What.DIES) {
                channels.get(0).strike(what);
                rig.awaitIdleChannels(0);
                return;
            }
            channels.remove(0).strike(what);
            rig.awaitIdleChannels(2);
            for (int i = 0; i < 2; i++) {
                RawUser user = rig.user().get("/" + i);
                ScriptedChannel channel = ScriptedChannel.firstUsed(channels);
                channels.remove(channel);
                assertEquals("/" + i, channel.awaitRequest().target());
                channel.ok("ok");
                assertEquals("ok", user.readAnswer().text());
            }
            rig.awaitQuiet();
        }
    }

    @Test
    void anIdleChannelThatSpeaksUnaskedIsReset() throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            rig.awaitIdleChannels(1);
            channel.send("HTTP/1.1 200 OK\r\n\r\n");
            channel.stream().awaitReset();
            rig.awaitIdleChannels(0);
        }
    }

    @Test
    void manyChannelsBreakWhileTheyAreUsed() throws Exception {
        try (Rig rig = Rig.warm("MaxConcurrentCount", "50")) {
            List<RawUser> users = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                users.add(rig.user().send(head("DELETE /" + i + " HTTP/1.1", "Host: h")));
            }
            rig.awaitPending(40);
            List<ScriptedChannel> channels = rig.instance().open(40);
            rig.awaitRunning(40);
            for (int i = 0; i < 40; i++) {
                if (i % 3 == 0) {
                    channels.get(i).stream().reset(ErrorCode.CANCEL_STREAM_ERROR);
                } else if (i % 3 == 1) {
                    channels.get(i).end();
                } else {
                    channels.get(i).answer(head("HTTP/1.1 200 OK", "Content-Length: 2") + "ok");
                }
            }
            int served = 0;
            for (RawUser user : users) {
                int status = user.readAnswer().status();
                assertTrue(status == 200 || status == 502, "status " + status);
                served += status == 200 ? 1 : 0;
            }
            assertEquals(13, served);
            rig.awaitQuiet();
        }
    }

    @Test
    void anInstanceThatIsKilledTakesItsIdleChannelsAlongAndQueuedRequestsGoToTheNext() throws Exception {
        try (Rig rig = Rig.cold("MaxConcurrentCount", "2", "ChannelCount", "22")) {
            List<RawUser> users = new ArrayList<>();
            users.add(rig.user().send(head("POST /0 HTTP/1.1", "Host: h", "Content-Length: 0")));
            users.add(rig.user().get("/1"));
            rig.awaitPending(2);
            ScriptedInstance instance = rig.nextInstance();
            List<ScriptedChannel> channels = instance.open(22);
            rig.awaitRunning(2);
            rig.awaitIdleChannels(20);
            for (int i = 2; i < 7; i++) {
                users.add(rig.user().get("/" + i));
                rig.awaitPending(i - 1);
            }
            Await.until(
                    "both have come",
                    () -> channels.stream().filter(ScriptedChannel::hasRequest).count() == 2);
            instance.die();
            instance.invoke().crash();
            assertEquals(502, users.get(0).readAnswer().status());
            rig.awaitIdleChannels(0);
            rig.awaitPending(6);
            ScriptedInstance next = rig.nextInstance();
            for (int i = 1; i < 7; i++) {
                ScriptedChannel channel = next.open();
                assertEquals("/" + i, channel.awaitRequest().target());
                channel.ok("ok");
                Answer answer = users.get(i).readAnswer();
                assertEquals("ok", answer.text());
            }
            rig.awaitQuiet();
        }
    }

    @Test
    void aRequestThatHangsOnADeadInstanceFailsWhenItsInvokeIsOver() throws Exception {
        try (Rig rig = Rig.cold()) {
            RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 0"));
            ScriptedInstance instance = rig.nextInstance();
            ScriptedChannel channel = instance.open();
            channel.awaitRequest();
            instance.invoke().crash();
            assertEquals(502, user.readAnswer().status());
            channel.stream().awaitReset();
            rig.awaitQuiet();
        }
    }

    @Test
    void usersOfABrokenConnectionNeverSeeACleanEnd() throws Exception {
        try (Rig rig = Rig.cold("MaxConcurrentCount", "20")) {
            List<RawUser> users = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                users.add(rig.user().get("/" + i));
            }
            rig.awaitPending(10);
            ScriptedInstance instance = rig.nextInstance();
            for (ScriptedChannel channel : instance.open(10)) {
                channel.awaitRequest();
                channel.send(head("HTTP/1.1 200 OK", "X: y") + "abc");
            }
            List<RawUser.AnswerHead> heads = new ArrayList<>();
            for (RawUser user : users) {
                heads.add(user.readHead());
            }
            instance.die();
            for (int i = 0; i < 10; i++) {
                assertFalse(users.get(i).readRest(heads.get(i), "GET").isComplete());
            }
            rig.awaitQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource(value = What.class, mode = EnumSource.Mode.EXCLUDE, names = "ENDS_STREAM")
    void usersWhoTakeNothingAreCutOffWhenTheirInstanceFails(What what) throws Exception {
        try (Rig rig = Rig.warm("MaxConcurrentCount", "10")) {
            RawUser user = rig.keep(RawUser.connectSlow(rig.usersPort())).get("/large");
            H2Stream stream = rig.h2User().get("/large");
            List<ScriptedChannel> channels = rig.instance().open(2);
            byte[] body = Bodies.ofSize(16 * 1024 * 1024);
            AtomicLong sent = new AtomicLong();
            for (ScriptedChannel channel : channels) {
                channel.awaitRequest();
                channel.send(head("HTTP/1.1 200 OK", what == What.DIES ? "X: y" : "Content-Length: " + body.length));
                sendInBlocks(channel.stream(), body, sent);
            }
            var answer = user.readHead();
            assertEquals(200, stream.status());
            Await.steady(sent::get, Duration.ofMillis(200));
            for (ScriptedChannel channel : channels) {
                channel.strike(what);
                if (what == What.DIES) {
                    break;
                }
            }
            // The rig's own request was in the dead one too, and waits for the next.
            rig.awaitRunning(what == What.DIES ? -1 : 0);
            assertFalse(user.readRest(answer, "GET").isComplete());
            assertThrows(IOException.class, stream::readToEnd);
        }
    }

    /** Resets come at any moment of the router's reading and writing. */
    @Test
    void anAnswerOfUnknownLengthThatIsResetNeverLooksWhole() throws Exception {
        try (Rig rig = Rig.warm("MaxConcurrentCount", "10")) {
            byte[] part = Bodies.ofSize(3_000);
            for (int round = 0; round < 60; round++) {
                // Not sent again, although the reset may overtake what was sent before it.
                RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 0"));
                H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, true);
                for (ScriptedChannel channel : rig.instance().open(2)) {
                    channel.awaitRequest();
                    channel.send(head("HTTP/1.1 200 OK", "X: y"));
                    for (int i = 0; i < round % 20; i++) {
                        channel.send(part);
                    }
                    channel.strike(What.RESETS_WITH_CANCEL);
                }
                Answer answer = user.readAnswer();
                assertTrue(answer.status() == 502 || !answer.isComplete(), answer.toString());
                assertFalse(isWhole(stream));
            }
            rig.awaitQuiet();
        }
    }

    private static boolean isWhole(H2Stream stream) {
        try {
            int status = stream.status();
            byte[] unused = stream.readToEnd();
            return status == 200;
        } catch (IOException | AssertionError e) {
            return false;
        }
    }

    private static void sendInBlocks(H2Stream stream, byte[] body, AtomicLong sent) {
        var unused = KitThreads.start(() -> {
            int block = 64 * 1024;
            // Never all of it.
            for (int at = 0; at + block < body.length; at += block) {
                stream.sendLater(body, at, block, false).get();
                sent.addAndGet(block);
            }
            return null;
        });
    }
}
