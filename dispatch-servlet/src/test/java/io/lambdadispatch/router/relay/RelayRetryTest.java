package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertCut;
import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static io.lambdadispatch.router.relay.RelayRig.assertReset;
import static io.lambdadispatch.router.relay.RelayRig.target;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.InvokeOutcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request whose instance dies goes to another one, once, if nobody can tell the difference. */
class RelayRetryTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private RelayRig rig = new RelayRig(2, 1);

    /** How an instance fails. */
    enum What {
        IS_RESET,
        LEAVES,
        ENDS,
        CONNECTION_IS_LOST,
        INSTANCE_DIES
    }

    private void happen(What what, MemoryEnd channel) {
        switch (what) {
            case IS_RESET -> channel.breakOff();
            case LEAVES -> channel.leave();
            case ENDS -> channel.sendLast("");
            case CONNECTION_IS_LOST -> channel.loseConnection();
            case INSTANCE_DIES -> {
                rig.test.lambda.start(0).fail(InvokeOutcome.Reason.FUNCTION_ERROR);
                rig.time.advance(Duration.ofSeconds(2));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSafeRequestIsServedByAnotherInstance(What what) {
        for (Kind kind : Kind.values()) {
            for (String method : List.of("GET", "HEAD", "OPTIONS", "TRACE")) {
                rig = new RelayRig(2, 1);
                MemoryEnd first = rig.open(kind);
                MemoryEnd user = rig.begin(method, "/again");
                assertEquals("/again", target(first));
                MemoryEnd second = rig.open(kind, rig.instance(1));
                happen(what, first);
                assertReset(first);
                assertEquals("/again", target(second));
                kind.sendLast(second, method.equals("HEAD") ? "HTTP/1.1 200 OK\r\n\r\n" : OK);
                assertGot(200, user);
                RequestRecord record = rig.record();
                assertEquals(RequestOutcome.COMPLETED, record.outcome());
                assertTrue(record.isRetried());
                assertEquals("instance-1", record.instance());
                rig.assertOver();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "H",
                "HTTP/1.1 200 OK\r\nX-First: 1\r\n",
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nX-First: 1\r\n"
            })
    void asLongAsNoWholeHeadHasComeNothingHas(String part) {
        for (Kind kind : Kind.values()) {
            rig = new RelayRig(2, 1);
            MemoryEnd first = rig.open(kind);
            MemoryEnd user = rig.begin("GET", "/again");
            first.send(part).breakOff();
            MemoryEnd second = rig.open(kind, rig.instance(1));
            kind.sendLast(second, OK);
            assertGot(200, user);
            assertEquals(List.of(), user.responseFields());
            rig.assertOver();
        }
    }

    @ParameterizedTest
    @EnumSource
    void onceSomethingHasComeTheUserIsBrokenOff(What what) {
        for (Kind kind : Kind.values()) {
            for (String response : List.of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", kind.streamedHead() + "1")) {
                if (kind != Kind.REUSABLE && what == What.ENDS && !response.contains("Length")) {
                    continue;
                }
                rig = new RelayRig(2, 1);
                MemoryEnd first = rig.open(kind);
                MemoryEnd user = rig.begin("GET", "/once");
                first.send(response);
                happen(what, first);
                assertCut(user);
                assertEquals(RequestOutcome.INSTANCE_FAILED, rig.record().outcome());
                assertFalse(rig.record().isRetried());
                rig.assertOver();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "QUERY"})
    void anUnsafeRequestIsNotSentAgainOnceItsHeadHasLeft(String method) {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin(method, "/once");
        channel.breakOff();
        assertGot(502, user);
        assertEquals(RequestOutcome.INSTANCE_FAILED, rig.record().outcome());
        rig.assertOver();
    }

    @Test
    void aSafeRequestWithABodyIsNotSentAgain() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin(MemoryEnd.of("GET", "/once").withBody(3));
        user.send("abc");
        channel.breakOff();
        assertGot(502, user);
        rig.assertOver();
    }

    /** The channel broke in the very moment in which it was assigned. */
    @ParameterizedTest
    @EnumSource
    void anUnsafeRequestOfWhichNothingHasLeftGoesToAnother(Kind kind) {
        MemoryEnd first = kind.ask();
        MemoryEnd user = MemoryEnd.of("POST", "/").withBody(3);
        first.onNextRead(() -> {
            first.leave();
            rig.begin(user);
        });
        rig.open(kind, rig.instance(0), first);
        assertReset(first);
        assertEquals("", first.taken());
        MemoryEnd second = rig.open(kind, rig.instance(1));
        user.send("abc");
        assertEquals("abc", RelayRig.bodyIn(second));
        kind.sendLast(second, OK);
        assertGot(200, user);
        assertTrue(rig.record().isRetried());
        rig.assertOver();
    }

    @Test
    void aRequestIsSentAgainOnlyOnce() {
        MemoryEnd first = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/again");
        first.breakOff();
        assertTrue(user.isOpen());
        MemoryEnd second = rig.open(Kind.REUSABLE, rig.instance(1));
        assertEquals("/again", target(second));
        second.breakOff();
        assertGot(502, user);
        assertEquals(RequestOutcome.INSTANCE_FAILED, rig.record().outcome());
        assertTrue(rig.record().isRetried());
        rig.assertOver();
    }

    @Test
    void nothingIsSentAgainWhereTheConfigurationForbidsIt() {
        rig.withoutRetries();
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/once");
        channel.breakOff();
        assertGot(502, user);
        rig.assertOver();
    }

    @Test
    void itGetsItsOldPlaceInTheQueue() {
        MemoryEnd one = rig.open(Kind.REUSABLE);
        MemoryEnd other = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/first");
        MemoryEnd younger = rig.begin("GET", "/second");
        boolean isOne = target(one).equals("/first");
        (isOne ? one : other).breakOff();
        MemoryEnd next = isOne ? other : one;
        assertEquals("/first", target(next), "the slot that came free is not for a younger one");
        next.forgetTaken();
        next.send(OK);
        assertGot(200, user);
        assertEquals("/second", target(next));
        next.send(OK);
        assertGot(200, younger);
        rig.assertOver();
    }

    @Test
    void aUserWhoLeavesWhileTheirRequestWaitsAgainIsForgotten() {
        MemoryEnd first = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/again");
        first.breakOff();
        assertEquals(1, rig.books().pending());
        user.leave();
        assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
        rig.assertServes(rig.open(Kind.REUSABLE));
        rig.assertOver();
    }

    @Test
    void aUserWhoLeavesWhileTheInstanceFailsIsNotServedAgain() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/again");
        user.leave();
        channel.breakOff();
        assertCut(user);
        assertEquals(RequestOutcome.USER_GONE, rig.record().outcome());
        rig.assertOver();
    }

    @Test
    void aUserWhoLeavesInTheMomentOfTheFailureFreesTheSlotToo() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/again");
        channel.onAbort(user::leave).breakOff();
        assertFalse(user.isOpen());
        assertFalse(rig.record().isRetried());
        rig.assertOver();
    }

    @Test
    void aRouterThatAbandonsSendsNothingAgain() {
        MemoryEnd channel = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/again");
        rig.pool.close();
        rig.pool.abandon();
        assertReset(channel);
        assertGot(503, user);
        assertTrue(user.responseFields().contains("Connection: close"));
        assertEquals(RequestOutcome.SHUTTING_DOWN, rig.record().outcome());
        rig.assertOver();
    }

    @Test
    void aLostConnectionIsNotUsedForTheNextAttempt() {
        rig = new RelayRig(2, 2);
        MemoryEnd first = rig.open(Kind.REUSABLE);
        MemoryEnd dead = rig.open(Kind.REUSABLE);
        MemoryEnd user = rig.begin("GET", "/again");
        boolean isFirst = target(first).equals("/again");
        (isFirst ? first : dead).loseConnection();
        assertEquals("nothing", target(isFirst ? dead : first).replace("/_lambda_dispatch/goaway", "nothing"));
        MemoryEnd second = rig.open(Kind.REUSABLE, rig.instance(1));
        assertEquals("/again", target(second));
        second.send(OK);
        assertGot(200, user);
        rig.assertOver();
    }
}
