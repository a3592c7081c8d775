package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.H2User;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users who leave: the channel's stream is reset, the slot is free, and the next in the queue gets it. */
@Tag(RouterHost.ANY)
class UserGoneTest {
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

    /** What must be true after a user has left the only slot. */
    private void assertSlotIsFree(ScriptedChannel left) throws Exception {
        left.stream().awaitReset();
        rig.awaitRunning(0);
        RawUser next = rig.user().get("/next");
        ScriptedChannel channel = rig.instance().open();
        assertEquals("/next", channel.awaitRequest().target());
        channel.ok("next");
        assertEquals("next", next.readAnswer().text());
        rig.awaitQuiet();
    }

    @Test
    void aQueuedHttp2UserWhoResetsIsForgottenAtOnce() throws Exception {
        H2Stream stream = rig.h2User().get("/gone");
        rig.awaitPending(1);
        stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
        rig.awaitPending(0);
        ScriptedChannel channel = rig.instance().open();
        rig.awaitIdleChannels(1);
        assertFalse(channel.stream().isBroken());
    }

    @Test
    void queuedHttp2UsersWhoseConnectionClosesAreForgottenAtOnce() throws Exception {
        H2User user = rig.h2User();
        for (int i = 0; i < 20; i++) {
            user.get("/gone/" + i);
        }
        rig.awaitPending(20);
        user.die();
        rig.awaitPending(0);
    }

    /** Tomcat notices at the next write only. */
    @Tag(RouterHost.STANDALONE_ONLY)
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aQueuedHttp1UserWhoHangsUpIsForgottenSoon(boolean rudely) throws Exception {
        RawUser user = rig.user().get("/gone");
        rig.awaitPending(1);
        if (rudely) {
            user.leaveRudely();
        } else {
            user.close();
        }
        rig.awaitPending(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anHttp1UserWhoLeavesInTheMiddleOfHisBodyFreesTheSlot(boolean rudely) throws Exception {
        RawUser user = rig.user()
                .send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 100"))
                .send("abc");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.readText(3);
        if (rudely) {
            user.leaveRudely();
        } else {
            user.close();
        }
        assertSlotIsFree(channel);
    }

    @Test
    void anHttp1UserWhoLeavesInTheMiddleOfAChunkFreesTheSlot() throws Exception {
        RawUser user = rig.user()
                .send(head("POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked"))
                .send("64\r\nabc");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.readText(3);
        user.close();
        assertSlotIsFree(channel);
    }

    @Test
    void anHttp1UserWhoSendsBrokenChunksFreesTheSlot() throws Exception {
        RawUser user = rig.user()
                .send(head("POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked"))
                .send("3\r\nabc\r\n");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.readText(3);
        user.send("zzz\r\n");
        assertSlotIsFree(channel);
    }

    @Test
    void anHttp2UserWhoLeavesInTheMiddleOfHisBodyFreesTheSlot() throws Exception {
        H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, false);
        stream.send("abc");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.readText(3);
        stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
        assertSlotIsFree(channel);
    }

    /** Tomcat notices at the next write only. */
    @Tag(RouterHost.STANDALONE_ONLY)
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anHttp1UserWhoLeavesInTheMiddleOfTheAnswerFreesTheSlot(boolean rudely) throws Exception {
        RawUser user = rig.user().get("/");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "X: y") + "abc");
        user.readHead();
        if (rudely) {
            user.leaveRudely();
        } else {
            user.close();
        }
        // Nothing more comes from the app: the router finds out without a write.
        assertSlotIsFree(channel);
    }

    @Test
    void anHttp2UserWhoLeavesInTheMiddleOfTheAnswerFreesTheSlot() throws Exception {
        H2Stream stream = rig.h2User().get("/");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "X: y") + "abc");
        stream.readExactly(3);
        stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
        assertSlotIsFree(channel);
    }

    /** Tomcat notices at the next write only. */
    @Tag(RouterHost.STANDALONE_ONLY)
    @Test
    void aUserWhoLeavesWhileTheAppIsSilentFreesTheSlot() throws Exception {
        H2Stream stream = rig.h2User().get("/");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
        assertSlotIsFree(channel);

        RawUser user = rig.user().get("/");
        ScriptedChannel second = rig.instance().open();
        second.awaitRequest();
        user.close();
        assertSlotIsFree(second);
    }

    @Test
    void aUserWhoLeavesWhileTheAppSendsAsFastAsItCanFreesTheSlot() throws Exception {
        RawUser user = rig.user().get("/");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "X: y"));
        var unused = channel.stream().sendLater(new byte[20 * 1024 * 1024], 0, 20 * 1024 * 1024, false);
        user.readHead();
        user.leaveRudely();
        assertSlotIsFree(channel);
    }

    @Test
    void aUserWhoLeavesWhileTheAppTakesNothingFreesTheSlot() throws Exception {
        H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, false);
        ScriptedChannel channel = rig.instance().open();
        var stuck = stream.sendLater(new byte[20 * 1024 * 1024], 0, 20 * 1024 * 1024, false);
        Await.until("the app has more than it takes", channel::hasRequest);
        stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
        assertSlotIsFree(channel);
        assertTrue(stuck.isCompletedExceptionally());
    }

    /** Nobody hears of it who does not read, and the router reads only what the app takes. */
    @Test
    void anHttp1UserWhoLeavesWhileTheAppTakesNothingFreesTheSlotWhenItTakes() throws Exception {
        RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 20000000"));
        ScriptedChannel channel = rig.instance().open();
        var sending = KitThreads.start(() -> user.send(new byte[20_000_000]));
        Await.until("the app has more than it takes", channel::hasRequest);
        user.leaveRudely();
        var taking = KitThreads.start(channel::readBody);
        assertSlotIsFree(channel);
        taking.handle((body, failure) -> "over").get();
        sending.handle((done, failure) -> "over").get();
    }

    /** Resets come at any moment of the router's reading and writing. */
    @Test
    void whatAUserSentOfABodyThatHeResetNeverLooksWhole() throws Exception {
        byte[] part = new byte[3_000];
        H2User user = rig.h2User();
        for (int round = 0; round < 40; round++) {
            ScriptedInstance instance = rig.instance();
            ScriptedChannel channel =
                    instance.open(instance.fields().put(FieldNames.CHANNEL_FRAMING, FieldNames.CHUNKED));
            H2Stream stream = user.request("POST", "/" + round, HttpFields.EMPTY, false);
            channel.awaitRequest();
            for (int i = 0; i < round % 20; i++) {
                stream.send(part, false);
            }
            stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
            ByteArrayOutputStream seen = new ByteArrayOutputStream();
            assertThrows(IOException.class, () -> channel.readBody(seen));
            assertFalse(seen.toString(StandardCharsets.ISO_8859_1).endsWith("0\r\n\r\n"));
            rig.awaitRunning(0);
        }
        rig.awaitQuiet();
    }

    @Test
    void theNextInTheQueueGetsTheSlotOfAUserWhoLeft() throws Exception {
        H2Stream stream = rig.h2User().get("/first");
        rig.instance().open().awaitRequest();
        ScriptedChannel channel = rig.instance().open();
        RawUser second = rig.user().get("/second");
        rig.awaitPending(1);
        stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
        assertEquals("/second", channel.awaitRequest().target());
        channel.ok("second");
        assertEquals("second", second.readAnswer().text());
        rig.awaitQuiet();
    }

    @Test
    void whoeverLeavesWheneverHeLeavesEveryCounterReturnsToZero() throws Exception {
        List<H2Stream> streams = new ArrayList<>();
        H2User user = rig.h2User();
        for (int i = 0; i < 60; i++) {
            streams.add(user.request("POST", "/" + i, HttpFields.EMPTY, i % 2 == 0));
        }
        for (int i = 0; i < 60; i++) {
            streams.get(i).reset(ErrorCode.CANCEL_STREAM_ERROR);
            if (i % 3 == 0) {
                // It may be reset before its status is out, if its user leaves that soon.
                rig.instance().openStream(rig.instance().fields());
            }
        }
        rig.awaitQuiet();
        user.get("/last");
        rig.instance().openStream(rig.instance().fields());
        user.die();
        rig.awaitQuiet();
    }
}
