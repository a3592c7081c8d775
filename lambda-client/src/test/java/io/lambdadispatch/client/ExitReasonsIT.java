package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each reason for which an invoke can end is told when it is the one: a new reason without a way to it fails here. */
class ExitReasonsIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private ClientRig rig;

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig();
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    @ParameterizedTest
    @EnumSource
    void isReached(ExitReason reason) throws Exception {
        CompletableFuture<InvokeReply> invoke =
                switch (reason) {
                    case ROUTER_LAMBDA_INVOKE_INVALID -> rig.invoke(new byte[] {'{'});
                    case ROUTER_UNREACHABLE -> {
                        rig.router.vanish();
                        yield rig.invoke();
                    }
                    case ROUTER_CONNECTION_ERROR -> afterOneRequest(rig.router::vanish);
                    case CHANNEL_ERROR_OTHER -> {
                        CompletableFuture<InvokeReply> running = rig.invoke();
                        rig.router.nextChannel().send("nonsense\r\n\r\n").end();
                        yield thenGoAway(running);
                    }
                    case APP_CONNECTION_ERROR -> {
                        rig.app.script((connection, head) -> connection.write("no HTTP\r\n\r\n"));
                        yield afterOneFailure();
                    }
                    case APP_CONNECTION_CLOSED -> {
                        rig.app.script((connection, head) -> connection.socket.close());
                        yield afterOneFailure();
                    }
                    case ROUTER_STATUS_5XX -> withChannelStatus(503);
                    case ROUTER_STATUS_4XX -> withChannelStatus(401);
                    case ROUTER_STATUS_OTHER -> withChannelStatus(302);
                    case ROUTER_GO_AWAY -> withChannelStatus(409);
                    case SELF_LAST_ACTIVE -> {
                        rig.environment.put("LAMBDA_DISPATCH_LAST_ACTIVE_GRACE_PERIOD_MS", "50");
                        yield rig.invoke();
                    }
                    case SELF_DEADLINE -> {
                        rig.time.stop();
                        CompletableFuture<InvokeReply> running = rig.invoke();
                        rig.exchange(GET);
                        rig.jumpTo(Duration.ofSeconds(105));
                        yield running;
                    }
                    case SELF_STALE_REQUEST -> {
                        rig.environment.put("LAMBDA_DISPATCH_FORCE_DEADLINE", "60");
                        yield rig.invoke(new InvokeRequest(
                                null, "x", rig.router.url(), 1, Instant.now().minusSeconds(6), false, null, null));
                    }
                    case SELF_INIT_ONLY ->
                        rig.invoke(new InvokeRequest(null, "x", null, 0, Instant.now(), true, null, null));
                };
        assertEquals(reason.wireName(), ClientRig.await(invoke).exitReason());
    }

    private CompletableFuture<InvokeReply> withChannelStatus(int status) throws Exception {
        rig.router.script.channelStatus = status;
        return rig.invoke();
    }

    private CompletableFuture<InvokeReply> afterOneRequest(Runnable then) throws Exception {
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        rig.exchange(GET);
        then.run();
        return invoke;
    }

    private CompletableFuture<InvokeReply> afterOneFailure() throws Exception {
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        rig.exchange(GET);
        return thenGoAway(invoke);
    }

    private CompletableFuture<InvokeReply> thenGoAway(CompletableFuture<InvokeReply> invoke) throws Exception {
        rig.goAway(invoke);
        return invoke;
    }
}
