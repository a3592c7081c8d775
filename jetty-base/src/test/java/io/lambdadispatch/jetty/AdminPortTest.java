package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Operator;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.Json;
import io.lambdadispatch.testkit.RawUser;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators find on their own port, and nobody else. */
class AdminPortTest {
    @Test
    void thereIsNoneUnlessItIsAskedFor() throws Exception {
        try (Rig rig = Rig.cold()) {
            assertTrue(rig.router().ports().admin().isEmpty());
        }
    }

    @Test
    void theStateTellsOfEachInstanceAndRequest() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0", "FunctionMemoryMB", "2048", "MaxConcurrentCount", "7")) {
            rig.user().get("/waits");
            rig.awaitPending(1);
            Operator operator = Operator.of(rig);
            Json pool = Json.parse(operator.ask("/state").text()).get("pools").get(0);
            assertEquals("default", pool.get("pool").text());
            assertEquals("f", pool.get("function").text());
            assertEquals(1, pool.get("queuedRequests").number());
            assertEquals(1, pool.get("runningRequests").number());
            assertEquals(7, pool.get("maxConcurrentCount").number());
            Json instance = pool.get("instances").get(0);
            assertEquals(rig.instance().id(), instance.get("id").text());
            assertEquals("open", instance.get("state").text());
            assertEquals(1, instance.get("running").number());
            assertTrue(instance.get("ageMs").number() >= 0);
            assertFalse(instance.has("leavesInMs"), "it has not said so");
            assertEquals(2, pool.get("totals").get("requests").number());
            assertTrue(pool.get("totals").get("billedMs").number() >= 0);
            assertTrue(pool.get("totals").get("dollars").number() > 0);
        }
    }

    @Test
    void theStateTellsWhenAnInstanceLeaves() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            rig.user().get("/");
            var instance = rig.nextInstance();
            long now = System.currentTimeMillis();
            instance.open(instance.fields()
                    .put(FieldNames.LAMBDA_DEADLINE, Long.toString(now + 600_000))
                    .putDate("Date", now));
            Json pool = Json.parse(Operator.of(rig).ask("/state").text())
                    .get("pools")
                    .get(0);
            double left = pool.get("instances").get(0).get("leavesInMs").number();
            assertTrue(left > 0 && left <= 600_000, left + " ms");
        }
    }

    @Test
    void ratesAreThoseOfTheLastSeconds() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            Operator operator = Operator.of(rig);
            Await.until(
                    "somebody has looked", () -> recent(operator).get("seconds").number() > 0);
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user().get("/");
            channel.serve("served");
            user.readAnswer();
            Await.until("the request is in the rates", () -> recent(operator).has("durationMs"));
            Json recent = recent(operator);
            assertTrue(recent.get("requestsPerSecond").number() > 0);
            assertTrue(recent.get("waitMs").get("p50").number() >= 0);
            assertTrue(recent.get("durationMs").get("p99").number()
                    >= recent.get("durationMs").get("p50").number());
        }
    }

    private static Json recent(Operator operator) {
        return Json.parse(operator.ask("/state").text()).get("pools").get(0).get("recent");
    }

    @Test
    void healthIsAboutTheProcessAndReadinessAboutItsUsers() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            Operator operator = Operator.of(rig);
            assertEquals(200, operator.ask("/ready").status());
            assertEquals(
                    "{\"status\":\"ready\",\"reasons\":[]}\n",
                    operator.ask("/ready").text());
            rig.user().get("/");
            rig.lambda().nextInvoke().notFound();
            Await.until("it is not ready", () -> operator.ask("/ready").status() == 503);
            assertEquals(
                    "{\"status\":\"not ready\",\"reasons\":[\"STARTS_FAIL\"]}\n",
                    operator.ask("/ready").text());
            assertEquals(200, operator.ask("/health").status());
            assertTrue(operator.ask("/health").text().contains("\"startsFail\":\"NOT_FOUND\""));
        }
    }

    /** Whoever restarts what is not alive asks here, and so restarts no router for having many users. */
    @Test
    void healthIsToldThoughUsersHaveAllTheirConnections() throws Exception {
        // One of them is the rig's own.
        try (Rig rig = Rig.warm("AdminPort", "0", "MaxUserConnections", "2")) {
            rig.user().get("/");
            rig.awaitPending(1);
            RawUser outside = rig.user().get("/health");
            assertEquals(200, Operator.of(rig).ask("/health").status());
            assertFalse(outside.hasBytes());
        }
    }

    @Test
    void aRouterThatLeavesIsAliveAndNotReady() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0", "DrainDelay", "15m")) {
            var unused = KitThreads.start(() -> rig.router().shutDown());
            Operator operator = Operator.of(rig);
            Await.until("it is not ready", () -> operator.ask("/ready").status() == 503);
            assertEquals(
                    "{\"status\":\"not ready\",\"reasons\":[\"LEAVING\"]}\n",
                    operator.ask("/ready").text());
            assertEquals(200, operator.ask("/health").status());
        }
    }

    @Test
    void aFullQueueIsNotReady() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0", "MaxQueuedRequests", "1")) {
            rig.user().get("/");
            rig.awaitPending(1);
            assertEquals(
                    List.of("QUEUE_FULL"),
                    Json.parse(Operator.of(rig).ask("/ready").text()).get("reasons").all().stream()
                            .map(Json::text)
                            .toList());
        }
    }

    @Test
    void nothingElseIsThere() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            Operator operator = Operator.of(rig);
            for (String path :
                    List.of("/", "/state/", "/api/chunked/ping/x", "/_lambda_dispatch/goaway", "/metrics/x")) {
                assertEquals(404, operator.ask(path).status(), path);
            }
        }
    }

    @Test
    void usersAndInstancesDoNotFindIt() throws Exception {
        try (Rig rig = Rig.warm("AdminPort", "0")) {
            Operator instance = new Operator(rig.router().ports().controlHttp().orElseThrow());
            assertEquals(404, instance.ask("/state").status());
            RawUser user = rig.user().get("/state");
            rig.awaitPending(1);
            ScriptedChannel channel = rig.instance().open();
            assertEquals("/state", channel.awaitRequest().target());
            channel.ok("the app's own");
            assertEquals("the app's own", user.readAnswer().text());
        }
    }

    /** As a page does that has its own name resolved to 127.0.0.1, to read what only this machine may. */
    @Test
    void aForeignNameOfThisMachineIsRefused() throws Exception {
        try (Rig rig = Rig.cold("AdminPort", "0")) {
            int port = rig.router().ports().admin().orElseThrow();
            for (String host : List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example")) {
                RawUser browser = rig.keep(RawUser.connect(port));
                String request = "GET /state HTTP/1.1\r\nHost: " + host + ':' + port + "\r\n\r\n";
                assertEquals(403, browser.send(request).readAnswer().status(), host);
            }
            for (String host : List.of("localhost", "LOCALHOST", "127.0.0.1", "[::1]")) {
                RawUser operator = rig.keep(RawUser.connect(port));
                String request = "GET /state HTTP/1.1\r\nHost: " + host + ':' + port + "\r\n\r\n";
                assertEquals(200, operator.send(request).readAnswer().status(), host);
            }
        }
    }
}
