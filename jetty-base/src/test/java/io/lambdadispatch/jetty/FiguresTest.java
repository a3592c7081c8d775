package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.Await;
import io.lambdadispatch.jetty.kit.FakeLambda;
import io.lambdadispatch.jetty.kit.Fault;
import io.lambdadispatch.jetty.kit.Operator;
import io.lambdadispatch.jetty.kit.RawUser;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What Prometheus scrapes after a load of which every request is known. */
class FiguresTest {
    private static final String DEFAULT = "{pool=\"default\"}";

    private static String ended(String outcome, String status) {
        return "lambda_dispatch_requests_total{outcome=\"" + outcome + "\",pool=\"default\",status=\"" + status + "\"}";
    }

    /** Waits for the last figure of a request that its user has seen end. */
    private static void awaitEnded(Operator operator, int count) {
        Await.until(
                "figures of " + count + " requests",
                () -> operator.figure("lambda_dispatch_request_duration_seconds_count" + DEFAULT) == count);
    }

    private static void serveImmediately(Rig rig, String text) throws Exception {
        ScriptedChannel channel = rig.instance().open();
        rig.awaitIdleChannels(1);
        RawUser user = rig.user().get("/");
        channel.serve(text);
        assertEquals(text, user.readAnswer().text());
    }

    private static void serveAfterWaiting(Rig rig, String request, String answer) throws Exception {
        RawUser user = rig.user().send(request);
        rig.awaitPending(1);
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.readBody();
        channel.answer(answer);
        assertEquals(
                Integer.parseInt(answer.substring(9, 12)), user.readAnswer().status());
    }

    @Test
    void everyRequestOfAKnownLoadIsCountedOnce() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0", "MaxQueuedRequests", "1")) {
            Operator operator = Operator.of(rig);
            for (int i = 0; i < 5; i++) {
                serveImmediately(rig, "12345");
            }
            for (int i = 0; i < 2; i++) {
                serveAfterWaiting(
                        rig,
                        "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000),
                        "HTTP/1.1 503 Busy\r\nContent-Length: 3\r\n\r\nno\n");
            }
            RawUser waiting = rig.user().get("/waits");
            rig.awaitPending(1);
            assertEquals(503, rig.user().get("/too-many").readAnswer().status());
            waiting.close();
            rig.awaitPending(0);
            assertEquals(
                    403,
                    rig.user()
                            .send("GET / HTTP/1.1\r\nHost: a\r\nX-Lambda-Name: other\r\n\r\n")
                            .readAnswer()
                            .status());
            awaitEnded(operator, 9);

            assertEquals(5, operator.figure(ended("completed", "2xx")));
            assertEquals(2, operator.figure(ended("completed", "5xx")));
            assertEquals(1, operator.figure(ended("queue_full", "5xx")));
            assertEquals(1, operator.figure(ended("user_gone", "none")));
            assertEquals(1, operator.figure("lambda_dispatch_requests_rejected_total{status=\"403\"}"));
            assertEquals(5, operator.figure("lambda_dispatch_dispatches_total{pool=\"default\",queued=\"false\"}"));
            assertEquals(2, operator.figure("lambda_dispatch_dispatches_total{pool=\"default\",queued=\"true\"}"));
            assertEquals(7, operator.figure("lambda_dispatch_queue_wait_seconds_count" + DEFAULT));
            assertEquals(7, operator.figure("lambda_dispatch_first_byte_seconds_count" + DEFAULT));
            assertEquals(7, operator.figure("lambda_dispatch_request_service_seconds_count" + DEFAULT));
            assertEquals(
                    9,
                    operator.figure("lambda_dispatch_request_duration_seconds_bucket{pool=\"default\",le=\"+Inf\"}"));
            assertEquals(2000, operator.figure("lambda_dispatch_request_bytes_total" + DEFAULT));
            int ownAnswer = "Too many requests are waiting.\n".length();
            assertEquals(5 * 5 + 2 * 3 + ownAnswer, operator.figure("lambda_dispatch_response_bytes_total" + DEFAULT));
            assertEquals(1, operator.figure("lambda_dispatch_requests_running" + DEFAULT));
            assertEquals(0, operator.figure("lambda_dispatch_requests_queued" + DEFAULT));
            assertEquals(0, operator.figure("lambda_dispatch_request_retries_total" + DEFAULT));
        }
    }

    @Test
    void aRequestThatWasSentTwiceIsOneRequestAndOneRetry() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            RawUser user = rig.user().get("/");
            rig.awaitPending(1);
            ScriptedChannel first = rig.instance().open();
            first.awaitRequest();
            first.strike(Fault.What.RESETS_WITH_INTERNAL_ERROR);
            rig.awaitPending(1);
            rig.instance().open().serve("second");
            assertEquals("second", user.readAnswer().text());
            Operator operator = Operator.of(rig);
            awaitEnded(operator, 1);
            assertEquals(1, operator.figure(ended("completed", "2xx")));
            assertEquals(1, operator.figure("lambda_dispatch_request_retries_total" + DEFAULT));
            assertEquals(1, operator.figure("lambda_dispatch_queue_wait_seconds_count" + DEFAULT));
        }
    }

    @Test
    void aUserWhoLeavesWithAllThatWasAnnouncedHasNotLeftEarly() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            RawUser user = rig.user().get("/");
            rig.awaitPending(1);
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
            assertEquals("hello", user.readAnswer().text());
            user.close();
            Operator operator = Operator.of(rig);
            awaitEnded(operator, 1);
            assertEquals(1, operator.figure(ended("completed", "2xx")));

            RawUser hasty = rig.user().get("/");
            rig.awaitPending(1);
            ScriptedChannel next = rig.instance().open();
            next.awaitRequest();
            next.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell");
            assertEquals(200, hasty.readHead().status());
            hasty.close();
            awaitEnded(operator, 2);
            assertEquals(1, operator.figure(ended("user_gone", "2xx")));
        }
    }

    @Test
    void anInstanceThatFailsIsNotTheUsersFault() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            RawUser user = rig.user().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
            rig.awaitPending(1);
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.strike(Fault.What.RESETS_WITH_CANCEL);
            assertEquals(502, user.readAnswer().status());
            Operator operator = Operator.of(rig);
            awaitEnded(operator, 1);
            assertEquals(1, operator.figure(ended("instance_failed", "5xx")));
        }
    }

    @Test
    void everyFigureOfTheDashboardIsExported() throws Exception {
        try (Rig rig = Rig.cold(
                "AdminPort", "0", "FunctionMemoryMB", "1024", "AccessLogFormat", "json", "AccessLogPath", logFile())) {
            rig.user().get("/");
            rig.lambda().nextInvoke().throttle();
            FakeLambda.Invoke invoke = rig.lambda().nextInvoke();
            ScriptedInstance instance = rig.keep(ScriptedInstance.of(invoke));
            instance.open().serve("served");
            rig.awaitQuiet();
            assertEquals(
                    401,
                    instance.openStream(instance.fields().put("X-Channel-Token", "wrong"))
                            .status());
            assertEquals(
                    403,
                    rig.user()
                            .send("GET / HTTP/1.1\r\nHost: a\r\nX-Lambda-Name: other\r\n\r\n")
                            .readAnswer()
                            .status());
            invoke.answer(io.lambdadispatch.protocol.ExitReason.SELF_LAST_ACTIVE);
            Operator operator = Operator.of(rig);
            Await.until("its end is counted", () -> operator.figures().stream()
                    .anyMatch(line -> line.startsWith("lambda_dispatch_instance_exits_total")));
            awaitEnded(operator, 1);
            List<String> exported = operator.figures().stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[{ ]", 2)[0])
                    .toList();
            TreeSet<String> missing = new TreeSet<>(dashboardFigures());
            assertTrue(missing.size() > 20, "no dashboard was read: " + missing);
            missing.removeAll(exported);
            assertEquals(new TreeSet<>(), missing);
        }
    }

    private static String logFile() throws IOException {
        return Files.createTempDirectory(Path.of("target"), "access-log")
                .resolve("access.log")
                .toString();
    }

    private static List<String> dashboardFigures() throws IOException {
        Path fromModule = Path.of("..", "deploy", "grafana", "lambda-dispatch.json");
        String json = Files.readString(
                Files.exists(fromModule) ? fromModule : Path.of("deploy", "grafana", "lambda-dispatch.json"));
        Matcher names =
                Pattern.compile("\\b(lambda_dispatch|jvm|process)_[a-z_]+").matcher(json);
        List<String> found = new ArrayList<>();
        while (names.find()) {
            found.add(names.group());
        }
        return found.stream().distinct().collect(Collectors.toList());
    }
}
