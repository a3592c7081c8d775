package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.EmbeddedRequest;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.protocol.TraceField;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.LogLines;
import io.lambdadispatch.testkit.RawUser;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Trace ids on their way through the router, and requests whose every step is logged. */
@Tag(RouterHost.ANY)
class TraceTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    private static final String ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0";

    private static EmbeddedRequest relayed(Rig rig, String fields) throws Exception {
        RawUser user = rig.user().send("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
        rig.awaitPending(1);
        ScriptedChannel channel = rig.instance().open();
        EmbeddedRequest request = channel.awaitRequest();
        channel.ok("served");
        user.readAnswer();
        rig.awaitQuiet();
        return request;
    }

    @Test
    void idsPassThroughAsTheyAre() throws Exception {
        try (Rig rig = Rig.warm()) {
            EmbeddedRequest both =
                    relayed(rig, "traceparent: " + PARENT + "\r\ntracestate: a=b\r\nX-Amzn-Trace-Id: " + ROOT + "\r\n");
            assertEquals(List.of(PARENT), both.values("traceparent"));
            assertEquals(List.of("a=b"), both.values("tracestate"));
            assertEquals(List.of(ROOT), both.values("X-Amzn-Trace-Id"));
            EmbeddedRequest parent = relayed(rig, "traceparent: " + PARENT + "\r\n");
            assertEquals(List.of(), parent.values("X-Amzn-Trace-Id"), "one id is enough");
            assertEquals(
                    List.of(ROOT),
                    relayed(rig, "x-amzn-trace-id: " + ROOT + "\r\n").values("X-Amzn-Trace-Id"));
        }
    }

    @Test
    void aRequestWithoutAnIdGetsOne() throws Exception {
        try (Rig rig = Rig.warm()) {
            String first = relayed(rig, "").values("X-Amzn-Trace-Id").get(0);
            String second = relayed(rig, "").values("X-Amzn-Trace-Id").get(0);
            assertTrue(first.matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24}"), first);
            assertTrue(!first.equals(second), first);
            assertEquals(first.substring("Root=".length()), TraceField.id(first));
        }
    }

    @Test
    void whatIsNoIdPassesAsItIsAndCountsAsNone() throws Exception {
        String zeroes = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        String malformed = "traceparent: " + zeroes + "\r\ntracestate: a=b\r\n";
        try (Rig rig = Rig.warm()) {
            EmbeddedRequest request = relayed(rig, malformed);
            assertEquals(List.of(zeroes), request.values("traceparent"));
            assertEquals(List.of("a=b"), request.values("tracestate"));
            String made = request.values("X-Amzn-Trace-Id").get(0);
            assertTrue(made.matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24}"), made);
            assertEquals(
                    List.of(ROOT),
                    relayed(rig, malformed + "X-Amzn-Trace-Id: " + ROOT + "\r\n")
                            .values("X-Amzn-Trace-Id"));
            EmbeddedRequest neither = relayed(rig, malformed + "X-Amzn-Trace-Id: Self=1\r\n");
            assertEquals(List.of("Self=1"), neither.values("X-Amzn-Trace-Id"), "never two of a name");
            assertEquals(List.of(zeroes), neither.values("traceparent"));
        }
        try (Rig rig = Rig.warm("TraceHeader", "w3c")) {
            EmbeddedRequest request = relayed(rig, malformed);
            assertEquals(List.of(zeroes), request.values("traceparent"), "never two of a name");
            assertEquals(1, request.values("X-Amzn-Trace-Id").size());
            EmbeddedRequest other = relayed(rig, "X-Amzn-Trace-Id: Self=1\r\n");
            assertEquals(List.of("Self=1"), other.values("X-Amzn-Trace-Id"));
            assertEquals(1, other.values("traceparent").size());
        }
    }

    @Test
    void theNewIdMayBeW3cs() throws Exception {
        try (Rig rig = Rig.warm("TraceHeader", "w3c")) {
            EmbeddedRequest request = relayed(rig, "");
            String parent = request.values("traceparent").get(0);
            assertTrue(parent.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01"), parent);
            assertEquals(List.of(), request.values("X-Amzn-Trace-Id"));
        }
    }

    @Test
    void nothingIsAddedWhereThatIsUnwanted() throws Exception {
        try (Rig rig = Rig.warm("TraceHeader", "off")) {
            EmbeddedRequest request = relayed(rig, "");
            assertEquals(List.of(), request.values("traceparent"));
            assertEquals(List.of(), request.values("X-Amzn-Trace-Id"));
        }
    }

    @Test
    void eachStepIsLoggedWhereTheUserMayAskForIt() throws Exception {
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.warm("AllowDebugHeader", "true")) {
            EmbeddedRequest request = relayed(rig, "X-Lambda-Dispatch-Debug: true\r\ntraceparent: " + PARENT + "\r\n");
            assertEquals(
                    List.of("true"), request.values("X-Lambda-Dispatch-Debug"), "the instance's client is told too");
            String id = TraceField.id(PARENT);
            Await.until(
                    () -> "the end is told; " + log.about(id),
                    () -> log.about(id).size() == 4);
            List<String> told = log.about(id);
            assertTrue(told.get(0).contains("GET / for pool default"), told.get(0));
            assertTrue(
                    told.get(1).contains("given to instance " + rig.instance().id()), told.get(1));
            assertTrue(told.get(2).contains("response 200 begins"), told.get(2));
            assertTrue(told.get(3).contains("COMPLETED"), told.get(3));
        }
    }

    @Test
    void nobodyMakesTheRouterLogWhereThatIsNotAllowed() throws Exception {
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.warm()) {
            EmbeddedRequest request = relayed(rig, "X-Lambda-Dispatch-Debug: true\r\ntraceparent: " + PARENT + "\r\n");
            assertEquals(List.of(), request.values("X-Lambda-Dispatch-Debug"));
            assertEquals(List.of(), log.about(TraceField.id(PARENT)));
        }
    }
}
