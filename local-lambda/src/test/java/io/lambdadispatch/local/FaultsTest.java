package io.lambdadispatch.local;

import static io.lambdadispatch.local.Caller.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.local.billing.Count;
import io.lambdadispatch.local.billing.EnvironmentStats;
import io.lambdadispatch.local.billing.FunctionStats;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import io.lambdadispatch.local.fault.Faults;
import io.lambdadispatch.testkit.Await;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults, switched as tests and people do, played on real processes. */
class FaultsTest {
    private static final String FAULTS = "/local-lambda/functions/fn/faults";

    private LocalLambda lambda;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        lambda = LocalLambda.start(LocalLambdaSettings.of(StandInRuntime.function("fn")));
        caller = new Caller(lambda.url());
    }

    @AfterEach
    void stop() {
        lambda.close();
    }

    private FunctionStats stats() {
        return lambda.stats().function("fn");
    }

    private HttpResponse<String> set(String json) throws Exception {
        return caller.send("POST", FAULTS, json.replace('\'', '"'));
    }

    private long pid() throws Exception {
        return Long.parseLong(caller.invoke("fn", "\"pid\"").body());
    }

    private static void assertFailed(HttpResponse<String> answer, String type, String told) {
        assertEquals(200, answer.statusCode());
        assertEquals("Unhandled", header(answer, "X-Amz-Function-Error"));
        assertTrue(answer.body().contains("\"errorType\":\"" + type + "\""), answer::body);
        assertTrue(answer.body().contains(told), answer::body);
    }

    @Test
    void areSetShownAndCleared() throws Exception {
        assertEquals("{}", caller.get(FAULTS).body());
        assertEquals("{\"coldStartMs\":10}", set("{'coldStartMs':10}").body());
        assertEquals(
                "{\"error\":true,\"coldStartMs\":10}", set("{'error':true}").body());
        assertEquals("{\"error\":true,\"coldStartMs\":10}", caller.get(FAULTS).body());
        assertEquals(Faults.NONE.withError(true).withColdStartDelay(Duration.ofMillis(10)), lambda.faults("fn"));
        assertEquals("{\"coldStartMs\":10}", set("{'error':null}").body());
        assertEquals("{}", caller.send("DELETE", FAULTS, "").body());
        assertEquals(Faults.NONE, lambda.faults("fn"));
    }

    @Test
    void refusesBadOnes() throws Exception {
        set("{'error':true}");
        HttpResponse<String> refused = set("{'coldStartMs':1,'timeoutMs':0}");
        assertEquals(400, refused.statusCode());
        assertEquals("{\"message\":\"timeoutMs: 0 (expected: 1 to 900000, or null)\"}", refused.body());
        assertEquals("{\"error\":true}", caller.get(FAULTS).body());

        assertEquals(404, caller.get("/local-lambda/functions/nobody/faults").statusCode());
        assertEquals(405, caller.send("PUT", FAULTS, "{}").statusCode());
        assertThrows(IllegalArgumentException.class, () -> lambda.faults("nobody"));
        assertThrows(IllegalArgumentException.class, () -> lambda.setFaults("nobody", Faults.NONE));
    }

    @ParameterizedTest
    @CsvSource({
        "ConcurrentInvocationLimitExceeded, 429, TooManyRequestsException, throttles",
        "ReservedFunctionConcurrentInvocationLimitExceeded, 429, TooManyRequestsException, throttles",
        "FunctionInvocationRateLimitExceeded, 429, TooManyRequestsException, throttles",
        "CallerRateLimitExceeded, 429, TooManyRequestsException, throttles",
        "ServiceException, 500, ServiceException, serviceErrors",
        "AccessDeniedException, 403, AccessDeniedException, accessDenials",
        "ResourceNotFoundException, 404, ResourceNotFoundException, notFound",
    })
    void everyInvokeIsRefused(String refusal, int status, String type, String count) throws Exception {
        set("{'refuse':'" + refusal + "'}");
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> refused = caller.invoke("fn", "1");
            assertEquals(status, refused.statusCode());
            assertEquals(type, header(refused, "x-amzn-ErrorType"));
            assertEquals(status == 429, refused.body().contains("\"Reason\":\"" + refusal + "\""), refused::body);
            assertEquals(status == 429 ? "1" : null, header(refused, "Retry-After"));
        }
        assertEquals(
                status == 429 ? 204 : status,
                caller.invoke("fn", "1", "X-Amz-Invocation-Type", "DryRun").statusCode());

        assertEquals(2, stats().count(Count.ATTEMPTS));
        assertEquals(0, stats().invokes());
        String told = caller.get("/local-lambda/stats").body();
        assertTrue(told.contains("\"" + count + "\":2"), told);
        caller.send("DELETE", FAULTS, "");
        assertEquals("1", caller.invoke("fn", "1").body());
        assertEquals(3, stats().count(Count.ATTEMPTS));
    }

    @Test
    void everyInvokeFailsInAnEnvironmentThatStays() throws Exception {
        set("{'error':true}");
        assertFailed(caller.invoke("fn", "1"), "LocalLambda.Fault", "as asked");
        assertFailed(caller.invoke("fn", "1"), "LocalLambda.Fault", "as asked");
        assertEquals(2, stats().functionErrors());
        assertEquals(1, stats().coldStarts());
        assertTrue(stats().billedMs() > stats().initMs());

        set("{'error':false}");
        assertEquals("1", caller.invoke("fn", "1").body());
        assertEquals(1, stats().coldStarts());
        assertEquals(0, stats().count(Count.CRASHES));
    }

    @Test
    void newEnvironmentsAreKilledAndOldOnesStay() throws Exception {
        try (Gate gate = new Gate()) {
            CompletableFuture<HttpResponse<String>> held = caller.start("fn", gate.payload());
            gate.awaitArrivals(1);
            set("{'crashDuringInit':true}");
            assertFailed(caller.invoke("fn", "1"), "Runtime.ExitError", "signal: killed");
            gate.open();
            assertEquals("\"through the gate\"", Caller.result(held).body());
        }
        assertEquals("1", caller.invoke("fn", "1").body());
        assertEquals(2, stats().coldStarts());
        awaitCrashes(1);
        Await.until("only one is left", () -> stats().liveEnvironments() == 1);
    }

    @Test
    void environmentsAreKilledSomeTimeAfterTheyWereGivenAnInvoke() throws Exception {
        long first = pid();
        set("{'crashAfterMs':150}");
        long before = System.nanoTime();
        assertFailed(caller.invoke("fn", "\"hang\""), "Runtime.ExitError", "signal: killed");
        assertTrue(System.nanoTime() - before >= 150_000_000);
        Processes.awaitGone(first);
        awaitCrashes(1);
        assertEquals(1, stats().functionErrors());
        set("{'crashAfterMs':null}");
        assertNotEquals(first, pid());
    }

    @Test
    void answersInTimeAreNotHurt() throws Exception {
        lambda.setFaults("fn", Faults.NONE.withCrashAfter(Duration.ofSeconds(30)));
        long first = pid();
        set("{'crashAfterMs':null}");
        assertEquals(first, pid());
        assertEquals(0, stats().functionErrors());
    }

    @Test
    void environmentsAreKilledByTheirThirdInvoke() throws Exception {
        set("{'crashAfterInvokes':2}");
        for (int round = 0; round < 2; round++) {
            assertEquals("1", caller.invoke("fn", "1").body());
            assertEquals("2", caller.invoke("fn", "2").body());
            assertFailed(caller.invoke("fn", "\"hang\""), "Runtime.ExitError", "signal: killed");
        }
        assertEquals(2, stats().coldStarts());
        awaitCrashes(2);
    }

    /** A crash is counted when it is over, which may be a moment after its invoke was answered. */
    private void awaitCrashes(int count) {
        Await.until(count + " crashes are counted", () -> stats().count(Count.CRASHES) == count);
    }

    @ParameterizedTest
    @CsvSource({"0", "100"})
    void environmentsHangUntilTheirTimeOut(int afterMs) throws Exception {
        pid();
        set("{'hangAfterMs':" + afterMs + ",'timeoutMs':5000}");
        try (Gate gate = new Gate()) {
            CompletableFuture<HttpResponse<String>> held = caller.start("fn", gate.payload());
            Await.until("it hangs", () -> stats().environments().stream().anyMatch(EnvironmentStats::frozen));
            EnvironmentStats hanging = stats().environments().get(0);
            Await.until("it is stopped", () -> Processes.isStopped(hanging.pid()));
            assertTrue(hanging.busy());
            // Whether it had come to the gate or not: it goes no further.
            gate.open();

            assertFailed(Caller.result(held), "Sandbox.Timedout", "after 5.00 seconds");
            Processes.awaitGone(hanging.pid());
        }
        assertEquals(1, stats().count(Count.HANGS));
        assertEquals(1, stats().timeouts());
        assertEquals(0, stats().count(Count.CRASHES));
    }

    @Test
    void environmentsThatHangCanGoOn() throws Exception {
        lambda.setFaults("fn", Faults.NONE.withHangAfter(Duration.ZERO));
        CompletableFuture<HttpResponse<String>> held = caller.start("fn", "1");
        Await.until("it hangs", () -> stats().environments().stream().anyMatch(EnvironmentStats::frozen));
        assertFalse(held.isDone());
        lambda.setFaults("fn", Faults.NONE);

        assertTrue(lambda.thaw(stats().environments().get(0).id()));

        assertEquals("1", Caller.result(held).body());
        assertEquals("2", caller.invoke("fn", "2").body());
        assertEquals(1, stats().coldStarts());
    }

    @Test
    void coldStartsBecomeSlower() throws Exception {
        set("{'coldStartMs':400}");
        long before = System.nanoTime();
        pid();
        assertTrue(System.nanoTime() - before >= 400_000_000);
    }

    @Test
    void timeOutChangesWhileOthersRun() throws Exception {
        try (Gate gate = new Gate()) {
            CompletableFuture<HttpResponse<String>> before = caller.start("fn", gate.payload());
            gate.awaitArrivals(1);
            set("{'timeoutMs':2500}");
            assertFailed(caller.invoke("fn", "\"hang\""), "Sandbox.Timedout", "after 2.50 seconds");
            gate.open();
            assertNull(header(Caller.result(before), "X-Amz-Function-Error"));
        }
        long told = System.currentTimeMillis();
        String headers = caller.invoke("fn", "\"headers\"").body();
        long deadline = Long.parseLong(headers.replaceAll(".*\"lambda-runtime-deadline-ms\":\"(\\d+)\".*", "$1"));
        assertTrue(deadline >= told + 2500 && deadline < told + 60_000, headers);
    }

    @Test
    void killsAnyBusyEnvironment() throws Exception {
        assertEquals(404, caller.post("/local-lambda/functions/fn/busy/kill").statusCode());
        pid();
        assertEquals(404, caller.post("/local-lambda/functions/fn/busy/kill").statusCode());
        try (Gate gate = new Gate()) {
            CompletableFuture<HttpResponse<String>> held = caller.start("fn", gate.payload());
            gate.awaitArrivals(1);
            String id = stats().environments().get(0).id();
            HttpResponse<String> killed = caller.post("/local-lambda/functions/fn/busy/kill");
            assertEquals(200, killed.statusCode());
            assertEquals("{\"id\":\"" + id + "\",\"known\":true}", killed.body());
            assertFailed(Caller.result(held), "Runtime.ExitError", "signal: killed");
        }
        awaitCrashes(1);
        assertEquals(
                404, caller.post("/local-lambda/functions/nobody/busy/kill").statusCode());
    }

    @Test
    void endsOfItsOwnAccordCountAsCrashes() throws Exception {
        caller.invoke("fn", "\"exit 3\"");
        awaitCrashes(1);
    }
}
