package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.FakeLambda;
import io.lambdadispatch.jetty.kit.Operator;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.LogLines;
import io.lambdadispatch.testkit.RawUser;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The router's log: one line when something changes, and why. The routers of tests before are closed in the background, so each
 * test looks for a pool or an instance of its own.
 */
class PoolLogTest {
    private static RawUser ask(Rig rig, String function) throws Exception {
        return rig.user().send("GET / HTTP/1.1\r\nHost: a\r\nX-Lambda-Name: " + function + "\r\n\r\n");
    }

    private static void awaitTold(LogLines log, String about, String what) {
        Await.until(() -> what + "; told is " + log.about(about), () -> !told(log, about, what)
                .isEmpty());
    }

    private static List<String> told(LogLines log, String about, String what) {
        return log.about(about).stream().filter(line -> line.contains(what)).toList();
    }

    /** Others may stand between them. */
    private static void assertInOrder(List<String> lines, String... parts) {
        int found = 0;
        for (String line : lines) {
            if (found < parts.length && line.contains(parts[found])) {
                found++;
            }
        }
        assertEquals(List.of(), Arrays.asList(parts).subList(found, parts.length), () -> "told is " + lines);
    }

    @Test
    void aPoolFromItsFirstRequestToItsLastInstance() throws Exception {
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.cold("AllowedLambdaNames", ".*", "ScaleDownDelay", "0s")) {
            RawUser user = ask(rig, "log-of-a-life");
            rig.lambda().nextInvoke().throttle();
            ScriptedInstance instance = rig.nextInstance();
            // One is left, through which it can be told to go away.
            ScriptedChannel.firstUsed(instance.open(2)).serve("served");
            assertEquals("served", user.readAnswer().text());
            awaitTold(log, instance.id(), "is draining");
            instance.invoke().answer(ExitReason.ROUTER_GO_AWAY);
            awaitTold(log, instance.id(), "ended");
            assertInOrder(
                    log.about("pool log-of-a-life: "),
                    "made for function log-of-a-life",
                    "1 instances wanted instead of 0 (waiting 1, running 0, starting 0, open 0, draining 0)",
                    "instances cannot be started, and are tried ever more seldom: THROTTLED",
                    "instance " + instance.id() + " opened after ",
                    "instance " + instance.id() + " is draining: it is not needed any more",
                    "instance " + instance.id() + " ended after ");
        }
    }

    @Test
    void whyAnInstanceLeaves() throws Exception {
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.warm()) {
            ScriptedInstance asks = rig.instance();
            var unused = asks.send("GET", "/api/chunked/close/" + asks.id(), asks.fields(), true);
            awaitTold(log, asks.id(), "is draining: it asked for it");
        }
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.warm()) {
            rig.instance().die();
            awaitTold(log, rig.instance().id(), "is draining: its connection is lost");
        }
    }

    @Test
    void anInstanceIsReplacedAtItsDeadline() throws Exception {
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.cold()) {
            RawUser user = rig.user().get("/");
            ScriptedInstance old = rig.nextInstance();
            // Two seconds and the one by which a date may be behind, on a clock of its own.
            ScriptedChannel channel = old.open(
                    old.fields().put("Date", "Thu, 01 Jan 1970 00:00:10 GMT").put(FieldNames.LAMBDA_DEADLINE, "13000"));
            channel.serve("served");
            user.readAnswer();
            awaitTold(log, old.id(), " ms: a successor is started if one is needed");
            var unused = old.send("GET", "/api/chunked/close/" + old.id(), old.fields(), true);
            awaitTold(log, old.id(), "is draining: its deadline is near");
            assertEquals(1, told(log, old.id(), "leaves in ").size());
        }
    }

    @Test
    void anInstanceThatOpensAndFailsIsToldAlthoughItNeverServed() throws Exception {
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.cold()) {
            rig.user().get("/");
            FakeLambda.Invoke invoke = rig.lambda().nextInvoke();
            ScriptedInstance instance = rig.keep(ScriptedInstance.of(invoke));
            instance.open().awaitRequest();
            invoke.crash();
            awaitTold(log, instance.id(), "failed: FUNCTION_ERROR");
            assertTrue(told(log, instance.id(), "failed: FUNCTION_ERROR").get(0).contains(" WARN "));
        }
    }

    @Test
    void badAnswersAreCountedAndToldOnceForEachInstance() throws Exception {
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.warm("AdminPort", "0")) {
            for (int i = 0; i < 3; i++) {
                RawUser user = rig.user().get("/" + i);
                rig.awaitPending(1);
                ScriptedChannel channel = rig.instance().open();
                channel.awaitRequest();
                channel.answer("nonsense\r\n\r\n");
                assertEquals(502, user.readAnswer().status());
            }
            Operator operator = Operator.of(rig);
            String badAnswers =
                    "lambda_dispatch_requests_total{outcome=\"bad_answer\",pool=\"default\",status=\"5xx\"}";
            Await.until("all are counted", () -> operator.figure(badAnswers) == 3);
            List<String> told = told(log, rig.instance().id(), "bad response");
            assertEquals(1, told.size(), told.toString());
            assertTrue(told.get(0).contains(" WARN "), told.get(0));
        }
    }

    @Test
    void thatInitOnlyInvokesFailIsTold() throws Exception {
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.cold("AllowedLambdaNames", ".*")) {
            rig.lambda().throttleInitOnly();
            ask(rig, "log-of-warm-ups");
            rig.nextInstance().open().serve("served");
            awaitTold(log, "pool log-of-warm-ups: ", "an init-only invoke failed: THROTTLED");
        }
    }

    @Test
    void eachPeriodIsToldWhereThatIsAskedFor() throws Exception {
        String pool = "pool log-of-periods, last ";
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.cold("AllowedLambdaNames", ".*", "LogPeriodicMetrics", "true", "MetricsPeriod", "1s")) {
            RawUser user = ask(rig, "log-of-periods");
            rig.nextInstance().open().serve("served");
            user.readAnswer();
            awaitTold(log, pool, " s: 1 requests came, ");
            awaitTold(log, pool, "0 failed; half of those that ended within ");
            awaitTold(log, pool, "; waiting 0, running 0, instances open 1 of 1; billed ");
        }
    }
}
