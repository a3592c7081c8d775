package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.H2User;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Users who wait for a channel: in order, not for ever, not too many, and never too many in one instance. */
@Tag(RouterHost.ANY)
class QueueTest {
    @Test
    void whoWaitsTooLongIsTold504() throws Exception {
        try (Rig rig = Rig.cold("IncomingRequestTimeout", "200ms")) {
            RawUser user = rig.user().get("/");
            H2Stream stream = rig.h2User().get("/");
            RawUser uploader = rig.user()
                    .send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 1000"))
                    .send("abc");
            Answer answer = user.readAnswer();
            assertEquals(504, answer.status());
            assertTrue(answer.isComplete());
            assertEquals(504, stream.status());
            assertTrue(stream.readText().length() > 0);
            assertEquals(504, uploader.readAnswer().status());
            rig.awaitQuiet();
            // The connection is good for another request.
            user.get("/again");
            assertEquals(504, user.readAnswer().status());
        }
    }

    /** Tomcat closes the connection behind a 503. */
    @Tag(RouterHost.STANDALONE_ONLY)
    @Test
    void beyondTheLongestQueueUsersAreTold503() throws Exception {
        try (Rig rig = Rig.warm("MaxQueuedRequests", "2")) {
            List<RawUser> users = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                users.add(rig.user().get("/" + i));
                rig.awaitPending(i + 1);
            }
            RawUser third = rig.user().get("/2");
            Answer answer = third.readAnswer();
            assertEquals(503, answer.status());
            assertEquals(1, answer.head().values("Retry-After").size());
            H2Stream uploader = rig.h2User().request("POST", "/", HttpFields.EMPTY, false);
            assertEquals(503, uploader.status());
            rig.awaitPending(2);
            for (int i = 0; i < 2; i++) {
                rig.instance().open().serve("served " + i);
                assertEquals("served " + i, users.get(i).readAnswer().text());
            }
            third.get("/again");
            rig.instance().open().serve("served");
            assertEquals("served", third.readAnswer().text());
            rig.awaitQuiet();
        }
    }

    @Test
    void theQueueIsServedInOrder() throws Exception {
        try (Rig rig = Rig.warm()) {
            List<RawUser> users = new ArrayList<>();
            H2User h2 = rig.h2User();
            for (int i = 0; i < 9; i++) {
                if (i % 3 == 0) {
                    h2.get("/" + i);
                } else {
                    users.add(rig.user().get("/" + i));
                }
                rig.awaitPending(i + 1);
            }
            for (int i = 0; i < 9; i++) {
                ScriptedChannel channel = rig.instance().open();
                assertEquals("/" + i, channel.awaitRequest().target());
                channel.ok("ok");
            }
            for (RawUser user : users) {
                assertEquals(200, user.readAnswer().status());
            }
            rig.awaitQuiet();
        }
    }

    @Test
    void anInstanceRunsAtMostItsMaximumWhateverChannelsItHas() throws Exception {
        try (Rig rig = Rig.cold("MaxConcurrentCount", "3", "ChannelCount", "9")) {
            List<RawUser> users = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                users.add(rig.user().get("/" + i));
                rig.awaitPending(i + 1);
            }
            ScriptedInstance instance = rig.nextInstance();
            List<ScriptedChannel> channels = new ArrayList<>(instance.open(9));
            for (int served = 0; served < 9; served++) {
                rig.awaitPending(9 - served);
                assertEquals(3, rig.running());
                int target = Integer.parseInt(nextUsed(channels).substring(1));
                assertEquals(200, users.get(target).readAnswer().status());
                channels.add(instance.open());
            }
            rig.awaitRunning(3);
            rig.awaitPending(0);
            for (int served = 0; served < 3; served++) {
                nextUsed(channels);
            }
            rig.awaitQuiet();
        }
    }

    /** Answers one of the requests that have come. */
    private static String nextUsed(List<ScriptedChannel> channels) throws Exception {
        ScriptedChannel channel = ScriptedChannel.firstUsed(channels);
        channels.remove(channel);
        String target = channel.awaitRequest().target();
        channel.ok("ok");
        return target;
    }

    @Test
    void requestsGoToTheInstanceThatHasTheLeastToDo() throws Exception {
        try (Rig rig = Rig.cold("MaxConcurrentCount", "4", "ChannelCount", "4", "InstanceCountMultiplier", "4")) {
            for (int i = 0; i < 2; i++) {
                rig.user().get("/" + i);
            }
            rig.awaitPending(2);
            ScriptedInstance first = rig.nextInstance();
            List<ScriptedChannel> firstChannels = first.open(4);
            rig.awaitRunning(2);
            ScriptedInstance second = rig.nextInstance();
            List<ScriptedChannel> secondChannels = second.open(4);
            rig.awaitIdleChannels(6);
            for (int i = 2; i < 4; i++) {
                rig.user().get("/" + i);
                rig.awaitRunning(i + 1);
            }
            Await.until("both have two", () -> requests(firstChannels) == 2 && requests(secondChannels) == 2);
        }
    }

    private static long requests(List<ScriptedChannel> channels) {
        return channels.stream().filter(ScriptedChannel::hasRequest).count();
    }

    @Test
    void whileNoInstanceCanBeStartedUsersAreToldWhenToComeBack() throws Exception {
        try (Rig rig = Rig.cold("IncomingRequestTimeout", "8s")) {
            RawUser user = rig.user().get("/");
            rig.lambda().nextInvoke().throttle();
            Answer answer = user.readAnswer();
            assertEquals(503, answer.status());
            assertEquals(1, answer.head().values("Retry-After").size());
            rig.awaitQuiet();
        }
    }
}
