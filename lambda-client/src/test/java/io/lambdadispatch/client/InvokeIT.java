package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.HttpRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How invokes begin and end. */
class InvokeIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    /** Of an invoke that has two minutes. */
    private static final Duration LEAVES_AT = Duration.ofSeconds(105);

    private static final Duration BREAKS_OFF_AT = Duration.ofSeconds(119);

    private ClientRig rig;

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig();
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    @Test
    void aGoAwayEndsTheInvoke() throws Exception {
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        assertTrue(rig.exchange(GET).endsWith("hello"));
        InvokeReply reply = rig.goAway(invoke);
        assertEquals("RouterGoAway", reply.exitReason());
        assertEquals(1, reply.requestCount());
        assertEquals("lambda-1", reply.id());
        assertEquals("pool-a", reply.poolId());
        assertNotNull(rig.router.closes.poll(), "so that the router can say when it has passed on the last answer");
    }

    @Test
    void whatTheRouterAnswersToChannelsIsTold() throws Exception {
        rig.router.script.channelStatus = 409;
        assertEquals("RouterGoAway", ClientRig.await(rig.invoke()).exitReason());
        rig.router.script.channelStatus = 401;
        assertEquals("RouterStatus4xx", ClientRig.await(rig.invoke()).exitReason());
        rig.router.script.channelStatus = 503;
        assertEquals("RouterStatus5xx", ClientRig.await(rig.invoke()).exitReason());
        rig.router.script.channelStatus = 302;
        assertEquals("RouterStatusOther", ClientRig.await(rig.invoke()).exitReason());
    }

    @Test
    void anIdleInvokeClosesAndLeaves() throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_LAST_ACTIVE_GRACE_PERIOD_MS", "50");
        InvokeReply reply = ClientRig.await(rig.invoke());
        assertEquals("SelfLastActive", reply.exitReason());
        assertNotNull(rig.router.closes.poll());
    }

    @Test
    void anInvokeLeavesBeforeItsDeadline() throws Exception {
        rig.time.stop();
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        rig.exchange(GET);
        rig.jumpTo(LEAVES_AT);
        InvokeReply reply = ClientRig.await(invoke);
        assertEquals("SelfDeadline", reply.exitReason());
        assertTrue(reply.invokeDurationMs() >= 105_000 && reply.invokeDurationMs() < 120_000, reply.toString());
        assertNotNull(rig.router.closes.poll());
    }

    @Test
    void aRequestInFlightIsFinishedAfterTheClose() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        rig.app.script((connection, head) -> {
            goOn.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
            connection.ok("late");
        });
        rig.time.stop();
        rig.remainingMillis = 600_000;
        rig.environment.put("LAMBDA_DISPATCH_FORCE_DEADLINE", "120");
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        RouterChannel channel = rig.router.nextChannel();
        channel.send(GET).end();
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        rig.jumpTo(LEAVES_AT);
        assertNotNull(rig.router.closes.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        goOn.complete(null);
        assertTrue(channel.answer().endsWith("late"));
        assertEquals("SelfDeadline", ClientRig.await(invoke).exitReason());
    }

    @Test
    void aPingThatIsRefusedEndsTheInvokeOnceItsRequestsAreAnswered() throws Exception {
        assertEquals("RouterGoAway", exitAfterPing(409), "the router wants this instance no longer");
        assertEquals("RouterStatus4xx", exitAfterPing(404), "nor does it know it");
        assertEquals("RouterStatus5xx", exitAfterPing(500));
    }

    private String exitAfterPing(int status) throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        rig.app.script((connection, head) -> {
            goOn.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
            connection.ok("late");
        });
        rig.router.script.pingStatus = status;
        // Until the request is with the app: the first ping comes at the first tick.
        rig.time.stop();
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        RouterChannel channel = rig.router.nextChannel();
        channel.send(GET).end();
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        rig.jumpTo(Duration.ofSeconds(6));
        assertNotNull(rig.router.closes.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        goOn.complete(null);
        assertTrue(channel.answer().endsWith("late"));
        return ClientRig.await(invoke).exitReason();
    }

    @Test
    void aRouterThatGoesAwayInOrderGetsTheAnswersInFlightHoweverLongTheyTake() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        rig.app.script((connection, head) -> {
            goOn.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
            connection.ok("late");
        });
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        RouterChannel channel = rig.router.nextChannel();
        channel.send(GET).end();
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        rig.router.goAwayInOrder();
        // Longer than the heartbeat of a connection that answers no pings.
        TimeUnit.MILLISECONDS.sleep(9_000);
        goOn.complete(null);
        assertTrue(channel.answer().endsWith("late"));
        assertEquals("RouterGoAway", ClientRig.await(invoke).exitReason());
    }

    @Test
    void aRequestThatNeverEndsIsBrokenOffAtTheDeadline() throws Exception {
        rig.app.script((connection, head) -> connection.in.read());
        rig.time.stop();
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        rig.router.nextChannel().send(GET).end();
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        rig.jumpTo(LEAVES_AT);
        assertNotNull(rig.router.closes.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        rig.jumpTo(BREAKS_OFF_AT);
        InvokeReply reply = ClientRig.await(invoke);
        assertEquals("SelfDeadline", reply.exitReason());
        assertTrue(reply.invokeDurationMs() < 120_000, reply.toString());
        assertNotNull(rig.app.ends.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void aRequestThatRacesWithTheCloseIsServed() throws Exception {
        rig.router.script.answersClose = false;
        rig.environment.put("LAMBDA_DISPATCH_LAST_ACTIVE_GRACE_PERIOD_MS", "50");
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        RouterChannel channel = rig.router.nextChannel();
        assertNotNull(rig.router.closes.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertTrue(channel.send(GET).end().answer().endsWith("hello"));
        InvokeReply reply = ClientRig.await(invoke);
        assertEquals("SelfLastActive", reply.exitReason());
        assertEquals(1, reply.requestCount());
    }

    @Test
    void initOnlyAndStaleAndUnusableInvokesAreAnsweredAtOnce() throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_FORCE_DEADLINE", "60");
        InvokeRequest init = new InvokeRequest(null, "x-initonly", null, 0, Instant.now(), true, null, null);
        assertEquals("SelfInitOnly", ClientRig.await(rig.invoke(init)).exitReason());
        InvokeRequest stale =
                new InvokeRequest(null, "x", rig.router.url(), 1, Instant.now().minusSeconds(10), false, null, null);
        assertEquals("SelfStaleRequest", ClientRig.await(rig.invoke(stale)).exitReason());
        InvokeRequest invalid = new InvokeRequest(null, "x", "ftp://x", 1, Instant.now(), false, null, null);
        InvokeReply reply = ClientRig.await(rig.invoke(invalid));
        assertEquals("RouterLambdaInvokeInvalid", reply.exitReason());
        assertEquals("x", reply.id());
        InvokeRequest noPort = new InvokeRequest(null, "y", "http://h:65536", 1, Instant.now(), false, null, null);
        assertEquals(
                "RouterLambdaInvokeInvalid", ClientRig.await(rig.invoke(noPort)).exitReason());
        byte[] noJson = "hello".getBytes(StandardCharsets.UTF_8);
        assertEquals(
                "RouterLambdaInvokeInvalid", ClientRig.await(rig.invoke(noJson)).exitReason());
        assertTrue(rig.router.controlRequests.isEmpty());
    }

    @Test
    void everyControlRequestProvesWhoSendsIt() throws Exception {
        rig.token = "secret";
        rig.environment.put("LAMBDA_DISPATCH_LAST_ACTIVE_GRACE_PERIOD_MS", "50");
        ClientRig.await(rig.invoke());
        assertTrue(rig.router.controlRequests.size() >= 3);
        for (HttpRequest request : rig.router.controlRequests) {
            assertEquals("secret", header(request, "X-Channel-Token"));
            assertEquals("pool-a", header(request, "X-Pool-Id"));
            assertEquals("lambda-1", header(request, "X-Lambda-Id"));
            assertNotNull(header(request, "Date"));
            assertNull(header(request, "Expect"));
            if (request.getMethod().equals("POST")) {
                assertEquals("/api/chunked/request/lambda-1/" + header(request, "X-Channel-Id"), request.getPath());
                assertEquals("application/octet-stream", header(request, "Content-Type"));
                assertEquals("chunked", header(request, "X-Channel-Framing"));
            }
        }
    }

    @Test
    void everyChannelRequestSaysWhenTheInstanceIsGoingToLeave() throws Exception {
        rig.remainingMillis = 100_000;
        long before = System.currentTimeMillis();
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        for (int i = 0; i < 3; i++) {
            assertTrue(rig.exchange(GET).endsWith("hello"));
        }
        rig.goAway(invoke);
        long after = System.currentTimeMillis();
        Set<String> told = new HashSet<>();
        for (HttpRequest request : rig.router.controlRequests) {
            if (request.getMethod().equals("POST")) {
                told.add(header(request, "X-Lambda-Deadline"));
                long date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header(request, "Date")))
                        .toEpochMilli();
                assertTrue(date >= before / 1_000 * 1_000 && date <= after, header(request, "Date"));
            }
        }
        assertEquals(1, told.size(), "constant over the invoke: " + told);
        long leavesAt = Long.parseLong(told.iterator().next());
        assertTrue(leavesAt - before <= 85_000 + (after - before) && leavesAt - before >= 84_000, told.toString());
    }

    private static String header(HttpRequest request, String name) {
        return request.getFirstHeader(name) == null
                ? null
                : request.getFirstHeader(name).getValue();
    }

    @Test
    void oneEnvironmentServesOneInvokeAfterTheOther() throws Exception {
        for (int i = 0; i < 3; i++) {
            CompletableFuture<InvokeReply> invoke = rig.invoke();
            assertTrue(rig.exchange(GET).endsWith("hello"));
            assertEquals("RouterGoAway", rig.goAway(invoke).exitReason());
        }
    }

    @Test
    void aRouterThatIsNotThereIsUnreachable() throws Exception {
        rig.router.vanish();
        assertEquals("RouterUnreachable", ClientRig.await(rig.invoke()).exitReason());
    }

    @Test
    void aRouterWhoseNameNobodyKnowsIsUnreachable() throws Exception {
        InvokeRequest request =
                new InvokeRequest(null, "x", "http://router.invalid:5003", 1, Instant.now(), false, null, null);
        assertEquals("RouterUnreachable", ClientRig.await(rig.invoke(request)).exitReason());
    }

    @Test
    void aRouterWithANameIsFound() throws Exception {
        String url = rig.router.url().replace("127.0.0.1", "localhost");
        rig.app.script((connection, head) -> connection.ok("hello"));
        CompletableFuture<InvokeReply> invoke =
                rig.invoke(new InvokeRequest(null, "x", url, 1, Instant.now(), false, null, null));
        assertTrue(rig.exchange(GET).endsWith("hello"));
        assertEquals("RouterGoAway", rig.goAway(invoke).exitReason());
    }

    @Test
    void aRouterThatIsFrozenIsNoticed() throws Exception {
        try (ServerSocket frozen = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> {
                try {
                    return frozen.accept();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            InvokeRequest request = new InvokeRequest(
                    null, "x", "http://127.0.0.1:" + frozen.getLocalPort(), 1, Instant.now(), false, null, null);
            InvokeReply reply = ClientRig.await(rig.invoke(request));
            assertEquals("RouterConnectionError", reply.exitReason());
            assertTrue(reply.invokeDurationMs() < 10_000, reply.toString());
            accepted.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS).close();
        }
    }

    @Test
    void channelsBeyondTheRoutersLimitOfStreamsUseMoreConnections() throws Exception {
        rig.close();
        rig = new ClientRig(new ScriptedRouter(null, 8));
        rig.channels = 10;
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        List<RouterChannel> channels = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            channels.add(rig.router.nextChannel());
        }
        for (RouterChannel channel : channels) {
            assertTrue(channel.send(GET).end().answer().endsWith("hello"));
        }
        assertEquals("RouterGoAway", rig.goAway(invoke).exitReason());
    }

    @Test
    void channelsWhoseRequestsStillComeInLeaveStreamsForTheClose() throws Exception {
        rig.close();
        rig = new ClientRig(new ScriptedRouter(null, 8));
        rig.channels = 4;
        rig.app.script((connection, head) -> {
            connection.ok("early");
            connection.readBody(head);
        });
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        List<RouterChannel> uploads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            RouterChannel channel = rig.router.nextChannel();
            channel.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx");
            assertTrue(channel.answer().endsWith("early"));
            uploads.add(channel);
        }
        assertFalse(rig.router.hasNextChannel(), "two of eight streams are for what is no channel");
        uploads.get(0).end();
        assertEquals("RouterGoAway", rig.goAway(invoke).exitReason());
        // One that has to wait for a stream is given up, and never comes.
        assertNotNull(rig.router.closes.poll(), "the close has had a stream");
    }

    @Test
    void whatTheStartOfTheProcessTookIsNoTimeForTheAppToStart() {
        assertEquals(Duration.ofMillis(9_500), DispatchHandler.leftOfInit(Duration.ZERO));
        assertEquals(Duration.ofMillis(7_000), DispatchHandler.leftOfInit(Duration.ofMillis(2_500)));
        assertEquals(Duration.ZERO, DispatchHandler.leftOfInit(Duration.ofSeconds(12)));
    }
}
