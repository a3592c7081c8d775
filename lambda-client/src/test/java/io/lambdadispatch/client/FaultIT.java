package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.client.app.AppUnreachableError;
import io.lambdadispatch.protocol.InvokeReply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user, the router and Lambda see when the app, the user or the router fails in the middle of something. */
class FaultIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

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
    }

    private void assertStillServing() throws Exception {
        rig.app.script((connection, head) -> connection.ok("fine"));
        assertTrue(rig.exchange(GET).endsWith("fine"));
    }

    @Test
    void anAppThatIsGoneIsABadGatewayAndFailsTheInvoke() throws Exception {
        RouterChannel channel = rig.router.nextChannel();
        rig.app.close();
        assertTrue(channel.send(GET).end().answer().startsWith("HTTP/1.1 502 Bad Gateway\r\n"));
        assertInstanceOf(AppUnreachableError.class, ClientRig.awaitFailure(invoke));
        assertNotNull(rig.router.closes.poll(), "the router was told before");
    }

    @Test
    void anAppThatClosesWithoutAnAnswerIsABadGateway() throws Exception {
        rig.app.script((connection, head) -> connection.socket.close());
        assertTrue(rig.exchange(GET).startsWith("HTTP/1.1 502 "));
        assertStillServing();
        assertEquals("AppConnectionClosed", rig.goAway(invoke).exitReason());
    }

    @Test
    void anAppThatSpeaksNoHttpIsABadGateway() throws Exception {
        rig.app.script((connection, head) -> connection.write("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
        assertTrue(rig.exchange(GET).startsWith("HTTP/1.1 502 "));
        assertEquals("AppConnectionError", rig.goAway(invoke).exitReason());
    }

    @Test
    void anAppThatDiesInItsAnswerResetsTheChannel() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            connection.reset();
        });
        RouterChannel channel = rig.router.nextChannel();
        channel.send(GET).end();
        assertThrows(ExecutionException.class, channel::answerBytes);
        assertStillServing();
    }

    @Test
    void anAppThatCutsItsChunksShortResetsTheChannel() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
            connection.socket.close();
        });
        RouterChannel channel = rig.router.nextChannel();
        channel.send(GET).end();
        assertThrows(ExecutionException.class, channel::answerBytes);
        assertStillServing();
    }

    @Test
    void anAppThatIsGoneBehindAnAnswerWithoutLengthResetsTheChannel() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.0 200 OK\r\n\r\nhalf");
            // As when it is killed, where the kernel closes all in order.
            rig.app.close();
            connection.socket.close();
        });
        RouterChannel channel = rig.router.nextChannel();
        channel.send(GET).end();
        assertThrows(ExecutionException.class, channel::answerBytes);
    }

    @Test
    void aUserWhoLeavesClosesTheAppsConnection() throws Exception {
        rig.app.script((connection, head) -> {
            // Blocks until the client closes the connection.
            assertEquals(-1, connection.in.read());
        });
        RouterChannel channel = rig.router.nextChannel();
        channel.send("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        channel.reset();
        assertNotNull(rig.app.ends.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertStillServing();
        assertEquals("RouterGoAway", rig.goAway(invoke).exitReason());
    }

    @Test
    void aRequestBodyThatIsCutShortNeverLooksWholeToTheApp() throws Exception {
        rig.app.script((connection, head) -> connection.ok("read " + connection.readBody(head).length));
        RouterChannel channel = rig.router.nextChannel();
        channel.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
                .end();
        assertThrows(ExecutionException.class, channel::answerBytes);
        assertStillServing();
        assertEquals("ChannelErrorOther", rig.goAway(invoke).exitReason());
    }

    @Test
    void aRequestBodyThatIsTooLongIsBrokenOff() throws Exception {
        CompletableFuture<Void> read = new CompletableFuture<>();
        rig.app.script((connection, head) -> {
            connection.readBody(head);
            read.complete(null);
            connection.in.read();
        });
        RouterChannel channel = rig.router.nextChannel();
        channel.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
        read.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
        channel.send("GET /smuggled HTTP/1.1\r\n\r\n");
        assertThrows(ExecutionException.class, channel::answerBytes);
        assertNotNull(rig.app.ends.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertStillServing();
    }

    @Test
    void aRefusalReachesTheUserThoughTheAppHasNotReadTheRequest() throws Exception {
        rig.app.script((connection, head) -> {
            connection.write("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
            // With input unread, this is a TCP reset behind the answer.
            connection.socket.close();
        });
        byte[] piece = new byte[64 * 1024];
        for (int i = 0; i < 50; i++) {
            RouterChannel channel = rig.router.nextChannel();
            channel.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + 8 * piece.length + "\r\n\r\n");
            for (int sent = 0; sent < 8; sent++) {
                channel.send(piece);
            }
            String answer = channel.end().answer();
            assertTrue(answer.startsWith("HTTP/1.1 413 ") && answer.endsWith("\r\n\r\nbig"), answer);
        }
        assertStillServing();
    }

    @Test
    void anAppThatDroppedAnIdleConnectionIsAskedAgainOnAFreshOne() throws Exception {
        rig.app.script((connection, head) -> {
            if (head.startsWith("GET /drop") && rig.app.connections.get() == 1) {
                connection.reset();
            } else {
                connection.ok("answer");
            }
        });
        assertTrue(rig.exchange(GET).endsWith("answer"));
        assertTrue(rig.exchange("GET /drop HTTP/1.1\r\nHost: h\r\n\r\n").endsWith("answer"));
        assertEquals(2, rig.app.connections.get());
        assertEquals("RouterGoAway", rig.goAway(invoke).exitReason());
    }

    @Test
    void aRequestThatMayHaveHadItsEffectIsNotSentTwice() throws Exception {
        // A connection that was idle for a second would not be used.
        rig.time.stop();
        rig.app.script((connection, head) -> {
            if (head.startsWith("POST")) {
                connection.reset();
            } else {
                connection.ok("answer");
            }
        });
        assertTrue(rig.exchange(GET).endsWith("answer"));
        String answer = rig.exchange("POST /order HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 502 "), answer);
        assertEquals(
                1,
                rig.app.heads.stream().filter(head -> head.startsWith("POST")).count());
        assertEquals(1, rig.app.connections.get());
    }

    @Test
    void aHeadBeyondTheLimitIsRefused() throws Exception {
        String answer = rig.exchange("GET / HTTP/1.1\r\nX-Long: " + "x".repeat(40_000) + "\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
        assertStillServing();
    }

    @Test
    void whatIsNoRequestResetsTheChannel() throws Exception {
        RouterChannel channel = rig.router.nextChannel();
        channel.send("nonsense\r\n\r\n").end();
        assertThrows(ExecutionException.class, channel::answerBytes);
        assertStillServing();
    }

    @Test
    void aRouterThatDiesCutsTheAppsCallsAndEndsTheInvoke() throws Exception {
        rig.app.script((connection, head) -> assertEquals(-1, connection.in.read()));
        rig.router.nextChannel().send(GET).end();
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        rig.router.vanish();
        assertNotNull(rig.app.ends.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals("RouterConnectionError", ClientRig.await(invoke).exitReason());
    }
}
