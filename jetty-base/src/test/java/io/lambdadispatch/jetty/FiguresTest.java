package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.FakeLambda;
import io.lambdadispatch.jetty.kit.Fault;
import io.lambdadispatch.jetty.kit.Operator;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.Json;
import io.lambdadispatch.testkit.RawUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What Prometheus scrapes after a load of which every request is known. */
class FiguresTest {
    private static final String DEFAULT = "{pool=\"default\"}";

    /** What Prometheus adds to whatever it scrapes. */
    private static final Set<String> SCRAPERS_TAGS = Set.of("instance", "job");

    private static final Pattern FIGURE =
            Pattern.compile("\\b(?<name>(lambda_dispatch|jvm|process)_[a-z_]+)(\\{(?<conditions>[^}]*)})?");
    private static final Pattern CONDITION = Pattern.compile("(?<tag>\\w+)(?<how>=~?)\"(?<value>[^\"]*)\"");

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
            assertEquals(
                    404, rig.user().get("/_lambda_dispatch/goaway").readAnswer().status());
            awaitEnded(operator, 9);
            Await.until(
                    "the last refusal is counted",
                    () -> operator.figure("lambda_dispatch_requests_rejected_total{status=\"404\"}") == 1);

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

    /** {@code increase()} sees nothing of the first event when its counter comes with it. */
    @Test
    void countersOfRareEventsAreThereBeforeThem() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            List<String> figures = Operator.of(rig).figures();
            for (String rare : List.of(
                    ended("completed", "5xx"),
                    ended("instance_failed", "2xx"),
                    ended("timed_out", "5xx"),
                    "lambda_dispatch_requests_rejected_total{status=\"403\"}",
                    "lambda_dispatch_channels_refused_total{pool=\"none\",reason=\"unknown\"}",
                    "lambda_dispatch_channels_refused_total{pool=\"default\",reason=\"unproven\"}",
                    exits("AppConnectionError"))) {
                assertTrue(figures.contains(rare + " 0.0"), rare);
            }
        }
    }

    /** A client may be newer than its router; and whoever answers an invoke is not to make figures without end. */
    @Test
    void exitsForUnknownReasonsAreOneFigure() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            rig.instance().invoke().answer("Boredom");
            Operator operator = Operator.of(rig);
            Await.until("it is counted", () -> operator.figure(exits("other")) == 1);
            assertFalse(String.join("\n", operator.figures()).contains("Boredom"));
        }
    }

    private static String exits(String reason) {
        return "lambda_dispatch_instance_exits_total{pool=\"default\",reason=\"" + reason + "\"}";
    }

    @Test
    void initOnlyInvokesAreCountedApart() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            Operator operator = Operator.of(rig);
            assertTrue(operator.figures()
                    .contains("lambda_dispatch_invoke_failures_total{pool=\"default\",reason=\"lost\"} 0.0"));
            assertTrue(operator.figures().contains(warmUps("function_error") + " 0.0"));
            rig.user().get("/");
            rig.nextInstance().open().serve("served");
            Await.until("one has succeeded", () -> operator.figure(warmUps("succeeded")) == 1);
            assertEquals(1, operator.figure("lambda_dispatch_invokes_total" + DEFAULT));
        }
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            Operator operator = Operator.of(rig);
            rig.lambda().throttleInitOnly();
            rig.user().get("/");
            rig.nextInstance().open().serve("served");
            Await.until("one has failed", () -> operator.figure(warmUps("throttled")) == 1);
            assertEquals(0, operator.figure(warmUps("succeeded")));
            assertEquals(1, operator.figure("lambda_dispatch_invokes_total" + DEFAULT));
            assertEquals(
                    0, operator.figure("lambda_dispatch_invoke_failures_total{pool=\"default\",reason=\"throttled\"}"));
        }
    }

    private static String warmUps(String outcome) {
        return "lambda_dispatch_warm_ups_total{outcome=\"" + outcome + "\",pool=\"default\"}";
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
            for (String query : dashboardQueries()) {
                assertTagsExist(query, operator.figures());
            }
        }
    }

    /** Names of tags everywhere in a query, and values where one is asked for by name. */
    private static void assertTagsExist(String query, List<String> exported) {
        TreeSet<String> asked = new TreeSet<>();
        TreeSet<String> known = new TreeSet<>(SCRAPERS_TAGS);
        Matcher figures = FIGURE.matcher(query);
        while (figures.find()) {
            Map<String, Set<String>> tags = tags(figures.group("name"), exported);
            known.addAll(tags.keySet());
            Matcher conditions =
                    CONDITION.matcher(figures.group("conditions") == null ? "" : figures.group("conditions"));
            while (conditions.find()) {
                Set<String> values = tags.getOrDefault(conditions.group("tag"), Set.of());
                boolean isThere = conditions.group("how").equals("=")
                        ? values.contains(conditions.group("value"))
                        : !values.isEmpty();
                assertTrue(isThere, conditions.group() + " in " + query + ", where there is " + tags);
            }
        }
        Matcher groups = Pattern.compile("by \\(([^)]*)\\)|\\{\\{(\\w+)}}|label_values\\(\\w+, (\\w+)\\)")
                .matcher(query);
        while (groups.find()) {
            for (int i = 1; i <= groups.groupCount(); i++) {
                if (groups.group(i) != null) {
                    asked.addAll(List.of(groups.group(i).split(", ", -1)));
                }
            }
        }
        asked.removeAll(known);
        assertEquals(new TreeSet<>(), asked, query);
    }

    private static Map<String, Set<String>> tags(String figure, List<String> exported) {
        Map<String, Set<String>> tags = new TreeMap<>();
        exported.stream().filter(line -> line.startsWith(figure + '{')).forEach(line -> {
            Matcher pairs = CONDITION.matcher(line.substring(figure.length()));
            while (pairs.find()) {
                tags.computeIfAbsent(pairs.group("tag"), it -> new TreeSet<>()).add(pairs.group("value"));
            }
        });
        return tags;
    }

    /** Each with its legend behind it. */
    private static List<String> dashboardQueries() throws IOException {
        List<String> queries = new ArrayList<>();
        Json dashboard = Json.parse(dashboard());
        for (Json panel : dashboard.get("panels").all()) {
            for (Json target : panel.has("targets") ? panel.get("targets").all() : List.<Json>of()) {
                queries.add(target.get("expr").text()
                        + ' '
                        + target.get("legendFormat").text());
            }
        }
        for (Json variable : dashboard.get("templating").get("list").all()) {
            if (variable.has("definition")) {
                queries.add(variable.get("definition").text());
            }
        }
        assertTrue(queries.size() > 20, "no dashboard was read: " + queries);
        return queries;
    }

    private static String logFile() throws IOException {
        return Files.createTempDirectory(Path.of("target"), "access-log")
                .resolve("access.log")
                .toString();
    }

    private static String dashboard() throws IOException {
        Path fromModule = Path.of("..", "deploy", "grafana", "lambda-dispatch.json");
        return Files.readString(
                Files.exists(fromModule) ? fromModule : Path.of("deploy", "grafana", "lambda-dispatch.json"));
    }

    private static List<String> dashboardFigures() throws IOException {
        Matcher names =
                Pattern.compile("\\b(lambda_dispatch|jvm|process)_[a-z_]+").matcher(dashboard());
        List<String> found = new ArrayList<>();
        while (names.find()) {
            found.add(names.group());
        }
        return found.stream().distinct().collect(Collectors.toList());
    }
}
