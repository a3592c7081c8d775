package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.EventStream;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Operator;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.assembly.Unfinished;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.Json;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The console as a browser's requests see it; what the page makes of it is seen by a browser, in the integration tests. */
class ConsoleTest {
    private static int port(Rig rig) {
        return rig.router().ports().admin().orElseThrow();
    }

    private static EventStream watch(Rig rig) throws IOException {
        return rig.keep(EventStream.open(port(rig)));
    }

    private static Answer send(Rig rig, String method, String target, String... fields) throws IOException {
        StringBuilder head =
                new StringBuilder(method + ' ' + target + " HTTP/1.1\r\nHost: localhost:" + port(rig) + "\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return rig.keep(RawUser.connect(port(rig))).send(head + "\r\n").readAnswer(method);
    }

    private static String token(EventStream events) throws IOException {
        Json hello = Json.parse(events.await("hello"));
        assertTrue(hello.get("mayDrain").isTrue());
        return "X-Console-Token: " + hello.get("token").text();
    }

    private static Json pool(EventStream events) throws IOException {
        return Json.parse(events.await("state")).get("pools").get(0);
    }

    private static List<String> states(EventStream events) throws IOException {
        return pool(events).get("instances").all().stream()
                .map(instance -> instance.get("state").text())
                .toList();
    }

    @Test
    void thePageAndItsFilesAreWhatTheyAre() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            for (String[] file : new String[][] {
                {"/console", "text/html"},
                {"/console/console.css", "text/css"},
                {"/console/console.js", "text/javascript"},
                {"/console/chart.js", "text/javascript"},
                {"/console/icon.svg", "image/svg+xml"}
            }) {
                Answer answer = send(rig, "GET", file[0]);
                assertEquals(200, answer.status(), file[0]);
                assertTrue(answer.isComplete() && answer.text().length() > 100, file[0]);
                String type = answer.head().values("Content-Type").get(0);
                assertTrue(type.startsWith(file[1]), type);
                assertEquals(List.of("no-cache"), answer.head().values("Cache-Control"));
                assertEquals(List.of("nosniff"), answer.head().values("X-Content-Type-Options"));
                String policy = answer.head().values("Content-Security-Policy").get(0);
                assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
                String tag = answer.head().values("ETag").get(0);
                assertEquals(
                        304, send(rig, "GET", file[0], "If-None-Match: " + tag).status());
            }
            assertEquals(404, send(rig, "GET", "/console/").status());
            assertEquals(404, send(rig, "GET", "/console/PageFile.class").status());
        }
    }

    @Test
    void usersFindTheAppThere() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            RawUser user = rig.user().get("/console");
            rig.awaitPending(1);
            ScriptedChannel channel = rig.instance().open();
            assertEquals("/console", channel.awaitRequest().target());
            channel.ok("the app's own");
            assertEquals("the app's own", user.readAnswer().text());
        }
    }

    @Test
    void anInstanceAppearsIsDrainedByItsButtonAndVanishes() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            EventStream events = watch(rig);
            String token = token(events);
            assertEquals(List.of("open"), states(events));
            ScriptedChannel idle = rig.instance().open();
            String drain =
                    "/console/drain?pool=default&instance=" + rig.instance().id();
            assertEquals(
                    204, send(rig, "POST", drain, token, "Content-Length: 0").status());
            assertEquals("/_lambda_dispatch/goaway", idle.awaitRequest().target());
            while (!states(events).contains("draining")) {
                // It will be in one of the next.
            }
            var successor = rig.nextInstance();
            successor.open();
            rig.finishOwnRequest();
            assertEquals(200, rig.instance().sayClose());
            rig.instance().invoke().answer(ExitReason.ROUTER_GO_AWAY);
            while (!states(events).equals(List.of("open"))) {
                // One that serves is left.
            }
        }
    }

    @Test
    void aPoolIsReplaced() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            EventStream events = watch(rig);
            String token = token(events);
            assertEquals(
                    204,
                    send(rig, "POST", "/console/drain?pool=default", token, "Content-Length: 0")
                            .status());
            var successor = rig.nextInstance();
            assertTrue(states(events).contains("open"), "it serves until the successor does");
            successor.open();
            while (!states(events).contains("draining")) {
                // It will be in one of the next.
            }
        }
    }

    @Test
    void nobodyElseDrains() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            String drain =
                    "/console/drain?pool=default&instance=" + rig.instance().id();
            String token = token(watch(rig));
            String none = "Content-Length: 0";
            assertEquals(403, send(rig, "POST", drain, none).status());
            assertEquals(
                    403,
                    send(rig, "POST", drain, none, "X-Console-Token: guessed").status());
            assertEquals(
                    403,
                    send(rig, "POST", drain, none, token, "Origin: http://evil.example")
                            .status());
            assertEquals(
                    403, send(rig, "POST", drain, none, token, "Origin: null").status());
            assertEquals(
                    403,
                    send(rig, "POST", drain, none, token, "Sec-Fetch-Site: cross-site")
                            .status());
            Answer get = send(rig, "GET", drain, token);
            assertEquals(405, get.status());
            assertEquals(List.of("POST"), get.head().values("Allow"));
            assertEquals(405, send(rig, "PUT", drain, none, token).status());
            assertEquals(405, send(rig, "POST", "/console", none, token).status());
            for (String unknown :
                    List.of("pool=default&instance=nobody", "pool=nobody&instance=x", "pool=nobody", "", "pool=%")) {
                assertEquals(
                        404,
                        send(rig, "POST", "/console/drain?" + unknown, none, token)
                                .status(),
                        unknown);
            }
            assertTrue(rig.router()
                    .router()
                    .pools()
                    .defaultPool()
                    .instances()
                    .get(0)
                    .state()
                    .name()
                    .equals("OPEN"));
            assertEquals(
                    204,
                    send(
                                    rig,
                                    "POST",
                                    drain,
                                    none,
                                    token,
                                    "Origin: http://localhost:" + port(rig),
                                    "Sec-Fetch-Site: same-origin")
                            .status());
        }
    }

    @Test
    void oneThatIsStartingIsNotDrained() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            rig.user().get("/");
            var invoke = rig.lambda().nextInvoke();
            String token = token(watch(rig));
            String drain =
                    "/console/drain?pool=default&instance=" + invoke.request().id();
            assertEquals(
                    409, send(rig, "POST", drain, token, "Content-Length: 0").status());
        }
    }

    @Test
    void thePastIsThereBeforeAnybodyLooks() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            Operator operator = Operator.of(rig);
            Json history =
                    Json.parse(operator.ask("/console/history?pool=default").text());
            List<String> columns =
                    history.get("columns").all().stream().map(Json::text).toList();
            int running = columns.indexOf("running");
            Await.until("there is a sample of a running request", () -> samples(operator).stream()
                    .anyMatch(sample -> sample.get(running).number() == 1));
            assertEquals(columns.size(), samples(operator).get(0).all().size());
            assertEquals(404, operator.ask("/console/history?pool=nobody").status());
            EventStream events = watch(rig);
            Json shown = Json.parse(events.await("newest")).get("default");
            assertTrue(shown.get("first").number() >= 0);
            assertEquals(columns.size(), shown.get("samples").get(0).all().size());
        }
    }

    private static List<Json> samples(Operator operator) {
        return Json.parse(operator.ask("/console/history?pool=default").text())
                .get("samples")
                .all();
    }

    @Test
    void whyAnInvokeFailedIsShown() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            EventStream events = watch(rig);
            assertFalse(pool(events).has("lastInvokeFailure"));
            rig.user().get("/");
            rig.lambda().nextInvoke().throttle();
            Json pool = pool(events);
            while (!pool.has("lastInvokeFailure")) {
                pool = pool(events);
            }
            Json last = pool.get("lastInvokeFailure");
            assertEquals("THROTTLED", last.get("reason").text());
            assertTrue(last.get("message").text().contains("Rate Exceeded"), last.toString());
            assertTrue(last.get("agoMs").number() >= 0);
        }
    }

    /** Its invoke has succeeded as far as AWS knows. */
    @Test
    void anInstanceThatCouldNotCallBackIsShownAsAFailure() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            EventStream events = watch(rig);
            rig.user().get("/");
            rig.lambda().nextInvoke().answer(ExitReason.ROUTER_UNREACHABLE);
            Json pool = pool(events);
            while (!pool.has("startsFail")) {
                pool = pool(events);
            }
            assertEquals("NOT_CALLED_BACK", pool.get("startsFail").text());
            String message = pool.get("startsFailMessage").text();
            assertTrue(message.endsWith("RouterUnreachable"), message);
            assertEquals(message, pool.get("lastInvokeFailure").get("message").text());
            assertEquals(
                    1,
                    pool.get("totals")
                            .get("invokeFailures")
                            .get("not_called_back")
                            .number());
        }
    }

    @Test
    void onlySoManyLookAtATime() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            List<EventStream> watching = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                watching.add(watch(rig));
            }
            assertEquals(503, Operator.of(rig).ask("/console/events").status());
            watching.get(7).close();
            Await.until("the place of one that has left is free", () -> {
                try (RawUser user = RawUser.connect(port(rig))) {
                    return user.send(EventStream.request(port(rig))).readHead().status() == 200;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            watching.get(0).await("state");
        }
    }

    @Test
    void itEndsWhenTheRouterHasLeft() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0", "DrainDelay", "100ms")) {
            EventStream events = watch(rig);
            events.await("state");
            CompletableFuture<Unfinished> end =
                    KitThreads.start(() -> rig.router().shutDown());
            events.awaitEnd();
            assertTrue(Await.value(end).isNothing());
        }
    }
}
