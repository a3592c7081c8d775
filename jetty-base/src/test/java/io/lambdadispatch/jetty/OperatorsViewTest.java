package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** What operators see on the control port: how the pools are, and why instances cannot be started. */
class OperatorsViewTest {
    private static Answer ask(Rig rig, String path) {
        int port = rig.router().ports().controlHttp().orElseThrow();
        try (RawUser operator = RawUser.connect(port)) {
            return operator.get(path).readAnswer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String health(Rig rig) {
        Answer answer = ask(rig, "/health");
        assertEquals(200, answer.status());
        return answer.text();
    }

    /** The value of a figure, whose name may have tags behind it; 0 when it is missing. */
    private static double figure(Rig rig, String name) {
        return ask(rig, "/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + ' '))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(0);
    }

    @Test
    void healthTellsWhatWaitsAndRuns() throws Exception {
        try (Rig rig = Rig.warm()) {
            rig.user().get("/waits");
            rig.awaitPending(1);
            assertEquals(
                    "{\"status\":\"serving\",\"pools\":[{\"pool\":\"default\",\"queuedRequests\":1,\"runningRequests\":1,"
                            + "\"startingInstances\":0,\"openInstances\":1,\"drainingInstances\":0}]}\n",
                    health(rig));
        }
    }

    @Test
    void theReasonOfAFailureIsInHealthAndInTheFiguresUntilItIsOver() throws Exception {
        try (Rig rig = Rig.cold("AllowedLambdaNames", ".*")) {
            RawUser user = rig.user().get("/");
            rig.lambda().nextInvoke().throttle();
            Await.until("the failure is told", () -> health(rig).contains("\"startsFail\":\"THROTTLED\""));
            assertTrue(health(rig).contains("\"nextStartInMs\":"));
            assertEquals(
                    1, figure(rig, "lambda_dispatch_invoke_failures_total{pool=\"default\",reason=\"throttled\"}"));
            assertEquals(1, figure(rig, "lambda_dispatch_starts_failing{pool=\"default\"}"));
            ScriptedChannel channel = rig.nextInstance().open();
            channel.serve("served after all");
            assertEquals("served after all", user.readAnswer().text());
            Await.until("it is over", () -> !health(rig).contains("startsFail"));
            assertEquals(0, figure(rig, "lambda_dispatch_starts_failing{pool=\"default\"}"));
            assertEquals(2, figure(rig, "lambda_dispatch_invokes_total{pool=\"default\"}"));
        }
    }

    @Test
    void figuresAreExact() throws Exception {
        try (Rig rig = Rig.warm()) {
            for (int i = 0; i < 3; i++) {
                rig.user().get("/" + i);
            }
            rig.awaitPending(3);
            assertEquals(3, figure(rig, "lambda_dispatch_requests_queued{pool=\"default\"}"));
            assertEquals(1, figure(rig, "lambda_dispatch_requests_running{pool=\"default\"}"));
            assertEquals(1, figure(rig, "lambda_dispatch_instances{pool=\"default\",state=\"open\"}"));
            assertEquals(0, figure(rig, "lambda_dispatch_instances{pool=\"default\",state=\"starting\"}"));
            assertEquals(1, figure(rig, "lambda_dispatch_instance_startup_seconds_count{pool=\"default\"}"));
        }
    }

    @Test
    void longFiguresArriveWhole() throws Exception {
        try (Rig rig = Rig.cold("AllowedLambdaNames", ".*", "MaxPools", "300", "ChannelCount", "10")) {
            for (int i = 0; i < 300; i++) {
                assertTrue(rig.router().router().pools().open("function-" + i).isPresent());
            }
            Answer answer = ask(rig, "/metrics");
            assertTrue(answer.isComplete());
            assertTrue(answer.text().length() > 100_000, answer.text().length() + " characters");
            assertEquals(0, figure(rig, "lambda_dispatch_requests_queued{pool=\"function-299\"}"));
            assertTrue(health(rig).contains("\"pool\":\"function-299\""));
        }
    }

    @Test
    void onUsersPortsThePathIsTheApps() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().get("/metrics");
            rig.awaitPending(1);
            ScriptedChannel channel = rig.instance().open();
            assertEquals("/metrics", channel.awaitRequest().target());
            channel.ok("the app's own");
            assertEquals("the app's own", user.readAnswer().text());
            assertEquals("OK\n", rig.user().get("/health").readAnswer().text());
            assertFalse(rig.user().get("/health").readAnswer().text().contains("{"));
        }
    }
}
