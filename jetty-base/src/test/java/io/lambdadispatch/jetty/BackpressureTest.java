package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.Bodies;
import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

/** The slow end sets the pace, and nothing piles up in between; nor do threads. */
class BackpressureTest {
    private static final int BLOCK = 64 * 1024;
    private static final int BLOCKS = 320;
    private static final Duration QUIET = Duration.ofMillis(300);

    /** One window, two sockets' buffers and a little; far less than the 20 MB sent. */
    private static final long MOST_UNDER_WAY = 8L * 1024 * 1024;

    private static final byte[] BYTES = Bodies.ofSize(BLOCK);

    private static CompletableFuture<Void> sendAll(H2Stream stream, AtomicLong sent) {
        return KitThreads.start(() -> {
            for (int i = 0; i < BLOCKS; i++) {
                stream.sendLater(BYTES, 0, BLOCK, i == BLOCKS - 1).get();
                sent.addAndGet(BLOCK);
            }
            return null;
        });
    }

    @Test
    void anAppIsHeldUpByAUserWhoDoesNotRead() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.keep(RawUser.connectSlow(rig.usersPort())).get("/large");
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.send(head("HTTP/1.1 200 OK", "X: y"));
            AtomicLong sent = new AtomicLong();
            var sending = sendAll(channel.stream(), sent);
            long stuckAt = Await.steady(sent::get, QUIET);
            assertTrue(stuckAt < MOST_UNDER_WAY, stuckAt + " bytes were taken for a user who reads none");
            var body = user.body(user.readHead(), "GET");
            assertEquals(Bodies.Sum.of(BYTES, BLOCKS), Bodies.Sum.of(body::read));
            Await.value(sending);
            rig.awaitQuiet();
        }
    }

    @Test
    void anAppIsHeldUpByAnHttp2UserWhoDoesNotReadAndOthersAreNot() throws Exception {
        try (Rig rig = Rig.warm()) {
            var user = rig.h2User();
            H2Stream stream = user.get("/large");
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.send(head("HTTP/1.1 200 OK", "X: y"));
            AtomicLong sent = new AtomicLong();
            var sending = sendAll(channel.stream(), sent);
            long stuckAt = Await.steady(sent::get, QUIET);
            assertTrue(stuckAt < MOST_UNDER_WAY, stuckAt + " bytes were taken for a user who reads none");
            H2Stream other = user.get("/small");
            ScriptedChannel second = rig.instance().open();
            second.awaitRequest();
            second.ok("small");
            assertEquals("small", other.readText());
            assertEquals(Bodies.Sum.of(BYTES, BLOCKS), Bodies.Sum.of(stream::read));
            Await.value(sending);
            rig.awaitQuiet();
        }
    }

    @Test
    void manyWhoDoNotReadDoNotHoldUpTheirInstance() throws Exception {
        int many = 90;
        try (Rig rig = Rig.warm("MaxConcurrentCount", "100", "ChannelCount", "100")) {
            AtomicLong sent = new AtomicLong();
            for (int i = 0; i < many; i++) {
                rig.keep(RawUser.connectSlow(rig.usersPort()).get("/large"));
                ScriptedChannel channel = rig.instance().open();
                channel.awaitRequest();
                channel.send(head("HTTP/1.1 200 OK", "X: y"));
                var unused = sendAll(channel.stream(), sent);
            }
            Await.steady(sent::get, QUIET);
            RawUser other = rig.user().get("/small");
            rig.instance().open().serve("small");
            assertEquals("small", other.readAnswer().text());
        }
    }

    @Test
    void aUserIsHeldUpByAnAppThatDoesNotRead() throws Exception {
        try (Rig rig = Rig.warm()) {
            H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, false);
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            AtomicLong sent = new AtomicLong();
            var sending = sendAll(stream, sent);
            long stuckAt = Await.steady(sent::get, QUIET);
            assertTrue(stuckAt < MOST_UNDER_WAY, stuckAt + " bytes were taken for an app that reads none");
            assertEquals(Bodies.Sum.of(BYTES, BLOCKS), Bodies.Sum.of(channel::read));
            channel.ok("ok");
            assertEquals("ok", stream.readText());
            Await.value(sending);
            rig.awaitQuiet();
        }
    }

    @Test
    void aSlowUserWhoHasTheRestInBuffersDoesNotHoldTheSlot() throws Exception {
        try (Rig rig = Rig.warm("MaxConcurrentCount", "2")) {
            H2Stream stream = rig.h2User().get("/");
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            // More than the user's window, less than what fits on the way to it.
            byte[] body = Bodies.ofSize(400 * 1024);
            channel.send(head("HTTP/1.1 200 OK", "Content-Length: " + body.length));
            channel.stream().send(body, true);
            assertEquals(200, stream.status());
            assertEquals(body.length, stream.readToEnd().length);
            rig.awaitQuiet();
        }
    }

    private static long routerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith(KitThreads.PREFIX))
                .count();
    }

    @Test
    void aThousandParkedChannelsAndAThousandParkedRequestsNeedNoThreads() throws Exception {
        try (Rig rig = Rig.cold("MaxConcurrentCount", "1", "ChannelCount", "100")) {
            long before = routerThreads();
            List<RawUser> users = new ArrayList<>();
            var h2 = rig.h2User();
            for (int i = 0; i < 501; i++) {
                h2.get("/" + i);
            }
            for (int i = 0; i < 500; i++) {
                users.add(rig.user().get("/" + i));
            }
            rig.awaitPending(1001);
            rig.nextInstance().open(1001);
            rig.awaitRunning(1);
            rig.awaitPending(1000);
            rig.awaitIdleChannels(1000);
            long growth = routerThreads() - before;
            assertTrue(growth < 60, growth + " threads more");
            h2.die();
            for (RawUser user : users) {
                user.close();
            }
            rig.awaitPending(0);
        }
    }
}
