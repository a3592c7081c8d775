package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.H2User;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.assembly.Unfinished;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import io.lambdadispatch.testkit.RawUser.AnswerHead;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A router that was asked to end: who is still served, who is turned away and how, and what is cut off. */
class ShutdownTest {
    private static final Unfinished NOTHING = new Unfinished(0, 0, 0);
    private static final String[] TLS = {"IncomingRequestHTTPSPort", "0"};

    private static CompletableFuture<Unfinished> shutDown(Rig rig) {
        return KitThreads.start(() -> rig.router().shutDown());
    }

    /** Answers the goaway as a client does: by leaving. So do those that were started meanwhile and found nobody to serve. */
    private static void leave(Rig rig, ScriptedInstance instance) {
        instance.invoke().answer(ExitReason.ROUTER_GO_AWAY);
        var unused = KitThreads.start(() -> {
            while (true) {
                rig.nextInstance().invoke().answer(ExitReason.ROUTER_GO_AWAY);
            }
        });
    }

    private static void awaitLeaving(Rig rig) {
        Await.until("health turns", () -> {
            try (RawUser each = RawUser.connect(rig.usersPort())) {
                return each.get("/health").readAnswer().status() == 503;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void awaitClosedPort(Rig rig) {
        Await.until("the port is closed", () -> {
            try (RawUser user = RawUser.connect(rig.usersPort())) {
                return false;
            } catch (ConnectException e) {
                return true;
            } catch (SocketException e) {
                // The kernel let him in, and the port was closed that very moment.
                return false;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void newUsersAreServedDuringTheDelayAndEachAnswerIsTheLastOfItsConnection() throws Exception {
        try (Rig rig = Rig.warm("DrainDelay", "15m")) {
            RawUser kept = rig.user().get("/health");
            Answer before = kept.readAnswer();
            assertEquals(200, before.status());
            assertEquals(List.of(), before.head().values("Connection"));
            RawUser running = rig.user().get("/running");
            rig.awaitPending(1);
            H2User h2 = rig.h2User();

            CompletableFuture<Unfinished> unused = shutDown(rig);
            awaitLeaving(rig);

            Answer health = kept.get("/health").readAnswer();
            assertEquals(503, health.status());
            assertEquals(List.of("close"), health.head().values("Connection"));
            assertTrue(kept.awaitEnd());
            RawUser late = rig.user().get("/late");
            rig.awaitPending(2);
            rig.instance().open().serve("running");
            rig.instance().open().serve("late");
            for (RawUser user : List.of(running, late)) {
                Answer answer = user.readAnswer();
                assertEquals(200, answer.status());
                assertEquals(List.of("close"), answer.head().values("Connection"));
                assertTrue(user.awaitEnd());
            }
            H2Stream stream = h2.get("/on-an-old-connection");
            rig.awaitPending(1);
            H2Stream fresh = rig.h2User().get("/on-a-new-one");
            rig.awaitPending(2);
            rig.instance().open().serve("old");
            rig.instance().open().serve("new");
            assertEquals("old", stream.readText());
            assertEquals("new", fresh.readText());
            assertFalse(h2.isToldToGoAway());
        }
    }

    /** A balancer may send the next request into it in that moment, and must not send some kinds again. */
    @Test
    void aConnectionWhoseAnswerHadBegunIsKeptUntilOneHasSaidThatItEnds() throws Exception {
        try (Rig rig = Rig.warm("DrainDelay", "15m")) {
            RawUser kept = rig.user().get("/begun");
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbeg");
            AnswerHead head = kept.readHead();
            assertEquals(List.of(), head.values("Connection"));

            CompletableFuture<Unfinished> unused = shutDown(rig);
            awaitLeaving(rig);
            channel.send("un").end();
            assertEquals("begun", kept.readRest(head, "GET").text());
            rig.awaitQuiet();

            kept.send("POST /next HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
            rig.instance().open().serve("next");
            Answer next = kept.readAnswer("POST");
            assertEquals("next", next.text());
            assertEquals(List.of("close"), next.head().values("Connection"));
            assertTrue(kept.awaitEnd());
        }
    }

    /** He has a second to ask: a test that is held up for half of it begins anew. */
    @Test
    void whoWasLetInLastIsServed() throws Exception {
        boolean hasAskedInTime = false;
        for (int tries = 0; tries < 5 && !hasAskedInTime; tries++) {
            hasAskedInTime = isServedIfLetInLast();
        }
        assertTrue(hasAskedInTime, "this machine is too slow for a second");
    }

    private static boolean isServedIfLetInLast() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser letIn = rig.user();
            long leavesNanos = System.nanoTime();
            CompletableFuture<Unfinished> left = shutDown(rig);
            awaitClosedPort(rig);

            letIn.get("/let-in");
            if (System.nanoTime() - leavesNanos > TimeUnit.MILLISECONDS.toNanos(500)) {
                return false;
            }
            ScriptedChannel channel = rig.instance().open();
            channel.serve("served");
            Answer answer = letIn.readAnswer();
            assertEquals("served", answer.text());
            assertEquals(List.of("close"), answer.head().values("Connection"));
            assertTrue(letIn.awaitEnd());
            rig.finishOwnRequest();
            leave(rig, rig.instance());
            assertEquals(NOTHING, Await.value(left));
            return true;
        }
    }

    @Test
    void whoComesTooLateOnAnOldConnectionIsToldToComeBack() throws Exception {
        try (Rig rig = Rig.warm()) {
            // A head under way: such a connection is not idle, and not closed as such.
            RawUser slow = rig.user().send("GET / HTTP/1.1\r\nHost: ");
            RawUser idle = rig.user();
            ScriptedChannel parked = rig.instance().open();
            CompletableFuture<Unfinished> left = shutDown(rig);
            assertTrue(idle.awaitEnd());
            // Which is how it shows that nobody is let in any more.
            assertEquals("/_lambda_dispatch/goaway", parked.awaitRequest().target());
            parked.end();

            slow.send("example.com\r\n\r\n");
            Answer answer = slow.readAnswer();
            assertEquals(503, answer.status());
            assertEquals(List.of("1"), answer.head().values("Retry-After"));
            assertEquals(List.of("close"), answer.head().values("Connection"));
            assertTrue(slow.awaitEnd());
            assertFalse(left.isDone());
            rig.finishOwnRequest();
            leave(rig, rig.instance());
            assertEquals(NOTHING, Await.value(left));
        }
    }

    @Test
    void idleConnectionsAreClosedAlsoBehindTls() throws Exception {
        try (Rig rig = Rig.warm(TLS)) {
            RawUser idle = rig.keep(
                    RawUser.connectTls(rig.router().ports().usersHttps().orElseThrow()));
            assertEquals(200, idle.get("/health").readAnswer().status());
            CompletableFuture<Unfinished> left = shutDown(rig);
            assertTrue(idle.awaitEnd());
            assertFalse(left.isDone());
            rig.finishOwnRequest();
            leave(rig, rig.instance());
            assertEquals(NOTHING, Await.value(left));
        }
    }

    @Test
    void requestsInFlightFinishAndInstancesCallBackUntilTheyHaveLeft() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().get("/running");
            H2User h2 = rig.h2User();
            H2Stream stream = h2.get("/running-too");
            rig.awaitPending(2);
            List<ScriptedChannel> channels = rig.instance().open(4);
            rig.awaitRunning(2);
            CompletableFuture<Unfinished> left = shutDown(rig);
            awaitClosedPort(rig);

            Await.until("HTTP/2 is told to go away", h2::isToldToGoAway);
            Await.until(
                    "idle channels carry a goaway",
                    () -> channels.stream().filter(ScriptedChannel::hasRequest).count() == 4);
            assertEquals(409, rig.instance().ping());
            for (ScriptedChannel channel : channels) {
                if (channel.awaitRequest().target().startsWith("/running")) {
                    channel.ok("finished");
                }
            }
            assertEquals("finished", user.readAnswer().text());
            assertEquals("finished", stream.readText());
            rig.finishOwnRequest();
            assertEquals(200, rig.instance().sayClose());
            assertFalse(left.isDone());
            leave(rig, rig.instance());
            assertEquals(NOTHING, Await.value(left));
        }
    }

    /** A stop while users stand outside: those whom the kernel has let in are taken in, and answered. */
    @Test
    void usersWhoWaitOutsideForOthersToLeaveAreAnsweredToo() throws Exception {
        // One of them is the rig's own.
        try (Rig rig = Rig.warm("MaxUserConnections", "2", "MaxConcurrentCount", "100")) {
            List<RawUser> users = new ArrayList<>();
            users.add(rig.user().get("/inside"));
            rig.awaitPending(1);
            for (int i = 0; i < 50; i++) {
                users.add(rig.user().get("/outside"));
            }
            CompletableFuture<Unfinished> left = shutDown(rig);
            rig.awaitPending(users.size());
            for (int i = 0; i < users.size(); i++) {
                rig.instance().open().serve("served");
            }
            for (RawUser user : users) {
                assertEquals("served", user.readAnswer().text());
            }
            rig.finishOwnRequest();
            leave(rig, rig.instance());
            assertEquals(NOTHING, Await.value(left));
        }
    }

    @Test
    void usersWhoWaitForAColdStartAreServed() throws Exception {
        try (Rig rig = Rig.cold("MaxConcurrentCount", "2")) {
            RawUser first = rig.user().get("/first");
            RawUser second = rig.user()
                    .send(head("POST /second HTTP/1.1", "Host: h", "Content-Length: 3"))
                    .send("abc");
            H2Stream third = rig.h2User().get("/third");
            rig.awaitPending(3);
            CompletableFuture<Unfinished> left = shutDown(rig);
            awaitClosedPort(rig);

            ScriptedInstance instance = rig.nextInstance();
            for (int i = 0; i < 3; i++) {
                ScriptedChannel channel = instance.open();
                channel.ok(channel.awaitRequest().target());
            }
            assertEquals("/first", first.readAnswer().text());
            assertEquals("/second", second.readAnswer().text());
            assertEquals("/third", third.readText());
            Await.until("the instance is to go away", () -> instance.ping() == 409);
            leave(rig, instance);
            assertEquals(NOTHING, Await.value(left));
        }
    }

    @Test
    void aSlowUserGetsAllOfAnAnswerWhoseInstanceHasLeft() throws Exception {
        try (Rig rig = Rig.cold()) {
            byte[] body = new byte[3_000_000];
            new Random(5).nextBytes(body);
            RawUser user = rig.keep(RawUser.connectSlow(rig.usersPort())).get("/slow-download");
            ScriptedInstance instance = rig.nextInstance();
            ScriptedChannel channel = instance.open();
            channel.awaitRequest();
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                channel.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
                channel.send(body).end();
            });
            AnswerHead head = user.readHead();
            assertEquals(List.of(), head.values("Connection"));
            CompletableFuture<Unfinished> left = shutDown(rig);
            awaitClosedPort(rig);

            InputStream download = user.body(head, "GET");
            byte[] received = new byte[body.length];
            // Slowly, until the router has the rest in its own buffers.
            int size = 0;
            while ((!sent.isDone() || rig.running() > 0) && size < body.length) {
                size += download.read(received, size, Math.min(4096, body.length - size));
            }
            sent.join();
            leave(rig, instance);
            Await.until("the instance has left", () -> rig.running() == 0);
            size += download.readNBytes(received, size, body.length - size);
            assertEquals(body.length, size);
            assertArrayEquals(body, received);
            assertTrue(user.awaitEnd());
            assertEquals(NOTHING, Await.value(left));
        }
    }

    @Test
    void aSlowUploadIsTakenToItsEnd() throws Exception {
        try (Rig rig = Rig.cold()) {
            RawUser user = rig.user().send(head("POST /slow-upload HTTP/1.1", "Host: h", "Content-Length: 6"));
            ScriptedInstance instance = rig.nextInstance();
            ScriptedChannel channel = instance.open();
            channel.awaitRequest();
            user.send("ab");
            assertEquals("ab", channel.readText(2));
            CompletableFuture<Unfinished> left = shutDown(rig);
            awaitClosedPort(rig);

            user.send("cd");
            assertEquals("cd", channel.readText(2));
            assertFalse(left.isDone());
            user.send("ef");
            assertEquals("ef", channel.readText(2));
            channel.ok("taken");
            assertEquals("taken", user.readAnswer().text());
            leave(rig, instance);
            assertEquals(NOTHING, Await.value(left));
        }
    }

    @Test
    void aStreamThatNeverEndsIsCutOffVisibly() throws Exception {
        try (Rig rig = Rig.cold("ShutdownTimeout", "500ms")) {
            RawUser user = rig.user().get("/events");
            H2Stream stream = rig.h2User().get("/events");
            rig.awaitPending(2);
            ScriptedInstance instance = rig.nextInstance();
            List<ScriptedChannel> channels = instance.open(2);
            for (ScriptedChannel channel : channels) {
                channel.awaitRequest();
                channel.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
            }
            AnswerHead head = user.readHead();
            assertEquals(200, stream.status());
            assertEquals("data: 1\n\n", new String(stream.readExactly(9), java.nio.charset.StandardCharsets.US_ASCII));

            assertEquals(new Unfinished(0, 2, 1), Await.value(shutDown(rig)));
            Answer answer = user.readRest(head, "GET");
            assertEquals("data: 1\n\n", answer.text());
            assertFalse(answer.isComplete());
            assertThrows(IOException.class, stream::readToEnd);
            for (ScriptedChannel channel : channels) {
                // Either frame may be the first, and what comes behind the connection's is not read.
                Await.until("the instance learns of it", () -> channel.stream().isBroken() || instance.isDismissed());
            }
        }
    }

    @Test
    void aStreamThatBeginsWhileTheRouterLeavesIsCutOffVisiblyToo() throws Exception {
        try (Rig rig = Rig.cold("ShutdownTimeout", "8s")) {
            RawUser user = rig.user().get("/events");
            ScriptedChannel channel = rig.nextInstance().open();
            channel.awaitRequest();
            CompletableFuture<Unfinished> left = shutDown(rig);
            awaitClosedPort(rig);

            channel.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
            AnswerHead head = user.readHead();
            assertEquals(List.of("close"), head.values("Connection"));
            assertEquals(new Unfinished(0, 1, 1), Await.value(left));
            Answer answer = user.readRest(head, "GET");
            assertEquals("data: 1\n\n", answer.text());
            assertFalse(answer.isComplete());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "300ms"})
    void whoStillWaitsWhenTheTimeIsUpIsToldToComeBack(String timeout) throws Exception {
        try (Rig rig = Rig.cold("ShutdownTimeout", timeout)) {
            RawUser user = rig.user().get("/");
            RawUser poster = rig.user()
                    .send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 3"))
                    .send("abc");
            H2Stream stream = rig.h2User().get("/");
            rig.awaitPending(3);
            Unfinished cut = Await.value(shutDown(rig));
            assertEquals(3, cut.waiting());
            assertEquals(0, cut.running());
            for (RawUser each : List.of(user, poster)) {
                Answer answer = each.readAnswer();
                assertEquals(503, answer.status());
                assertEquals(1, answer.head().values("Retry-After").size());
            }
            assertEquals(503, stream.status());
        }
    }

    @Test
    void aSafeRequestThatIsCutOffIsNotSentAgain() throws Exception {
        try (Rig rig = Rig.cold("ShutdownTimeout", "300ms")) {
            RawUser getter = rig.user().get("/");
            rig.awaitPending(1);
            RawUser poster = rig.user()
                    .send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 3"))
                    .send("abc");
            rig.awaitPending(2);
            ScriptedInstance instance = rig.nextInstance();
            instance.open(2).forEach(channel -> Await.until("it runs", channel::hasRequest));
            assertEquals(new Unfinished(0, 2, 1), Await.value(shutDown(rig)));
            assertEquals(503, getter.readAnswer().status());
            assertEquals(502, poster.readAnswer().status());
            assertEquals(
                    1,
                    rig.lambda().all().stream()
                            .filter(invoke -> !invoke.initOnly())
                            .count());
        }
    }

    @Test
    void aRouterWithoutWorkEndsAtOnce() throws Exception {
        try (Rig rig = Rig.cold("ShutdownTimeout", "0s")) {
            assertEquals(NOTHING, Await.value(shutDown(rig)));
        }
    }
}
