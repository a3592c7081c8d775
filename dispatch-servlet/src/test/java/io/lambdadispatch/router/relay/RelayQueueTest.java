package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertCut;
import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.target;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ProtocolException;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.TestPool;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that wait for a channel. */
class RelayQueueTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final RelayRig rig = new RelayRig();

    private static boolean hasRetryAfter(MemoryEnd user) {
        return user.responseFields().stream().anyMatch(field -> field.startsWith("Retry-After: "));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoLeavesIsForgottenAtOnce(boolean isTold) {
        MemoryEnd user = rig.begin("GET", "/gone");
        assertEquals(1, rig.books().pending());
        if (isTold) {
            user.leave();
        } else {
            user.breakOff();
        }
        assertCut(user);
        assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
        assertFalse(rig.record().wasAssigned());
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        assertEquals("nothing", target(channel));
        rig.assertOver();
    }

    @Test
    void whoHasLeftBeforeTheyWereHeardIsForgottenToo() {
        MemoryEnd user = MemoryEnd.of("GET", "/gone").thatHasLeft();
        rig.begin(user);
        assertCut(user);
        assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void whoHasLeftBeforeTheyWereHeardDoesNotKeepAChannel(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = MemoryEnd.of("GET", "/gone").thatHasLeft();
        rig.begin(user);
        assertCut(user);
        RelayRig.assertReset(channel);
        assertEquals("", channel.taken(), "nothing of it was sent");
        assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
        rig.assertOver();
    }

    @Test
    void whoWaitsIsNotIdle() {
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(3));
        rig.passUsersTime(Duration.ofHours(1));
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        user.send("abc");
        channel.send(OK);
        assertGot(200, user);
        assertTrue(rig.record().hasWaited());
        rig.assertOver();
    }

    @Test
    void whoWaitsTooLongIsTold504() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd running = rig.begin("GET", "/running");
        MemoryEnd user = rig.begin("GET", "/waiting");
        MemoryEnd uploader = rig.begin(MemoryEnd.of("POST", "/").withBody(100)).send("abc");
        rig.time.advance(TestPool.REQUEST_TIMEOUT.plusSeconds(1));
        assertGot(504, user);
        assertGot(504, uploader);
        assertEquals(RequestOutcome.TIMED_OUT, rig.records.get(0).outcome());
        assertEquals(504, rig.records.get(0).status());
        channel.send(OK);
        assertGot(200, running);
        rig.assertOver();
    }

    @Test
    void whoComesWhenTooManyWaitIsTold503() {
        for (int i = 0; i < 100; i++) {
            rig.begin("GET", "/" + i);
        }
        MemoryEnd user = rig.begin("GET", "/too-many");
        assertGot(503, user);
        assertTrue(hasRetryAfter(user));
        assertEquals(RequestOutcome.QUEUE_FULL, rig.record().outcome());
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        for (int i = 0; i < 100; i++) {
            assertEquals("/" + i, target(channel), "in the order in which they came");
            channel.forgetTaken();
            channel.send(OK);
        }
        rig.assertOver();
    }

    @Test
    void whoWaitsForWhatCannotBeStartedIsTold503() {
        MemoryEnd user = rig.begin("GET", "/");
        rig.test.lambda.breakWith(InvokeOutcome.Reason.NOT_FOUND);
        rig.test.lambda.start(0).fail(InvokeOutcome.Reason.NOT_FOUND);
        rig.time.advance(TestPool.REQUEST_TIMEOUT.plusSeconds(1));
        assertGot(503, user);
        assertTrue(hasRetryAfter(user));
        assertEquals(RequestOutcome.UNAVAILABLE, rig.record().outcome());
        rig.assertOver();
    }

    @Test
    void whoWaitsWhenTheRouterAbandonsIsTold503AndToComeBackElsewhere() {
        MemoryEnd user = rig.begin("GET", "/");
        MemoryEnd http2 = rig.begin(MemoryEnd.of("GET", "/").over("HTTP/2.0"));
        rig.pool.close();
        assertTrue(user.isOpen(), "there is time");
        rig.pool.abandon();
        assertGot(503, user);
        assertTrue(user.responseFields().contains("Connection: close"));
        assertGot(503, http2);
        assertFalse(http2.responseFields().contains("Connection: close"));
        MemoryEnd late = rig.begin("GET", "/late");
        assertGot(503, late);
        rig.records.forEach(record -> assertEquals(RequestOutcome.SHUTTING_DOWN, record.outcome()));
        rig.assertOver();
    }

    @Test
    void whoIsToldAndDoesNotListenIsCutOff() {
        MemoryEnd user = rig.begin("GET", "/").stall();
        rig.pool.close();
        rig.pool.abandon();
        user.leave();
        assertCut(user);
        rig.assertOver();
    }

    @Test
    void theNextGetsTheSlotOfAUserWhoHasLeft() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/first");
        MemoryEnd next = rig.begin("GET", "/second");
        user.leave();
        RelayRig.assertReset(channel);
        rig.assertServesWaiting(rig.open(Kind.REUSABLE), next);
        rig.assertOver();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "TOO LARGE", "gzip"})
    void whatCannotBeSentIntoAChannelStartsNothing(String what) {
        MemoryEnd user =
                switch (what) {
                    case "CONNECT" -> MemoryEnd.of("CONNECT", "h:1");
                    case "gzip" -> MemoryEnd.of("POST", "/").with("Transfer-Encoding", "gzip");
                    default -> MemoryEnd.of("GET", "/").with("X", "x".repeat(RelayRig.MAX_HEAD));
                };
        assertThrows(ProtocolException.class, () -> rig.tryToBegin(user));
        assertTrue(user.isOpen(), "the front door answers");
        assertEquals(0, rig.books().pending());
        assertEquals(List.of(), rig.records);
    }
}
