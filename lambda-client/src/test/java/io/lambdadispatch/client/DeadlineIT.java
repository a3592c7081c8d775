package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.client.app.AppUnreachableError;
import io.lambdadispatch.client.io.Ticker;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOError;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No invoke outlives its deadline, whoever does not answer; the network may be cut at any moment. */
class DeadlineIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private ClientRig rig;
    private Wire wire;

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig();
        wire = new Wire(URI.create(rig.router.url()).getPort());
    }

    @AfterEach
    void end() throws Exception {
        wire.close();
        rig.close();
    }

    private CompletableFuture<InvokeReply> invokeOverTheWire() throws Exception {
        return rig.invoke(new InvokeRequest(
                null, "lambda-w", "http://127.0.0.1:" + wire.port(), 2, Instant.now(), false, null, null));
    }

    private static void assertInTime(InvokeReply reply, long limitMillis) {
        assertTrue(reply.invokeDurationMs() < limitMillis, reply.toString());
    }

    @Test
    void aCutNetworkIsNoticedWithinTenSecondsAndAnsweredByLeaving() throws Exception {
        rig.app.script((connection, head) -> connection.in.read());
        CompletableFuture<InvokeReply> invoke = invokeOverTheWire();
        rig.router.nextChannel().send(GET).end();
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        wire.cut();
        long cutAt = rig.time.now();
        assertEquals("RouterConnectionError", ClientRig.await(invoke).exitReason());
        assertTrue(rig.time.now() - cutAt < TimeUnit.SECONDS.toNanos(10));
        assertNotNull(
                rig.app.ends.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS),
                "nobody wants the app's answer any more");
    }

    @Test
    void aCutNetworkDoesNotHoldUpTheEndOfAShortInvoke() throws Exception {
        rig.app.script((connection, head) -> connection.in.read());
        rig.time.stop();
        CompletableFuture<InvokeReply> invoke = invokeOverTheWire();
        rig.router.nextChannel().send(GET).end();
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        wire.cut();
        rig.jumpTo(Duration.ofSeconds(105));
        rig.jumpTo(Duration.ofSeconds(119));
        InvokeReply reply = ClientRig.await(invoke);
        assertEquals("SelfDeadline", reply.exitReason());
        assertInTime(reply, 120_000);
    }

    @Test
    void aNetworkThatNeverConnectsDoesNotEither() throws Exception {
        wire.cut();
        rig.time.stop();
        // It leaves before it would take the router for one that does not work.
        rig.remainingMillis = 18_000;
        CompletableFuture<InvokeReply> invoke = invokeOverTheWire();
        wire.awaitConnection();
        rig.jumpTo(Duration.ofSeconds(9));
        rig.jumpTo(Duration.ofSeconds(17));
        InvokeReply reply = ClientRig.await(invoke);
        assertEquals("SelfDeadline", reply.exitReason());
        assertInTime(reply, 18_000);
    }

    /** A timer that has stopped, as after an error that nobody thought of. */
    private static final class StoppedTicker implements Ticker {
        @Override
        public long now() {
            return System.nanoTime();
        }

        @Override
        public AutoCloseable start(Runnable tick) {
            return () -> {};
        }

        @Override
        public void close() {}
    }

    @Test
    void anInvokeThatNothingEndsInTimeFailsSoThatItsEnvironmentEnds() throws Exception {
        rig.ticker = new StoppedTicker();
        rig.app.script((connection, head) -> connection.in.read());
        rig.remainingMillis = 1_500;
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        rig.router.nextChannel().send(GET).end();
        assertNotNull(rig.app.heads.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        Throwable failure = ClientRig.awaitFailure(invoke);
        // Only such an error makes the AWS runtime client leave its loop.
        assertInstanceOf(IOError.class, failure);
        assertTrue(failure.getMessage().contains("did not end in time"), failure.getMessage());
    }

    @Test
    void anAppThatIsNotHealthyInTimeFailsTheInvokeBeforeItsDeadline() throws Exception {
        rig.close();
        rig = new ClientRig();
        try (ReservedPort port = new ReservedPort()) {
            rig.environment.put("LAMBDA_DISPATCH_PORT", Integer.toString(port.number()));
            rig.environment.put("LAMBDA_DISPATCH_ASYNC_INIT", "true");
            rig.environment.put("LAMBDA_DISPATCH_ASYNC_INIT_TIMEOUT", "1");
            rig.remainingMillis = 12_000;
            CompletableFuture<InvokeReply> warmUp = rig.invoke(new byte[0]);
            assertEquals(
                    "RouterLambdaInvokeInvalid", ClientRig.await(warmUp).exitReason(), "init was left without the app");
            rig.remainingMillis = 60_000;
            assertWaitedBetween(1_000, 10_000, ClientRig.awaitFailure(rig.invoke()));
            rig.remainingMillis = 1_000;
            Throwable failure = ClientRig.awaitFailure(rig.invoke());
            assertWaitedBetween(0, 800, failure);
        }
    }

    private static void assertWaitedBetween(long leastMs, long mostMs, Throwable failure) {
        assertInstanceOf(AppUnreachableError.class, failure);
        Matcher waited = Pattern.compile("is not healthy after (\\d+) ms").matcher(failure.getMessage());
        assertTrue(waited.find(), failure.getMessage());
        long ms = Long.parseLong(waited.group(1));
        assertTrue(ms >= leastMs && ms <= mostMs, failure.getMessage());
    }
}
