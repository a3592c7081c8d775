package io.lambdadispatch.local;

import static io.lambdadispatch.local.Caller.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.local.billing.FunctionStats;
import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import io.lambdadispatch.testkit.Await;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentLifeTest {
    private LocalLambda lambda;
    private Caller caller;

    private void start(LocalLambdaSettings settings) throws Exception {
        lambda = LocalLambda.start(settings);
        caller = new Caller(lambda.url());
    }

    private void start(FunctionSettings function) throws Exception {
        start(LocalLambdaSettings.of(function));
    }

    @AfterEach
    void stop() {
        lambda.close();
    }

    private long pid() throws Exception {
        return Long.parseLong(caller.invoke("fn", "\"pid\"").body());
    }

    private FunctionStats stats() {
        return lambda.stats().function("fn");
    }

    @ParameterizedTest
    @CsvSource({"3, exit status 3", "1, exit status 1", "137, signal: killed"})
    void exitDuringAnInvokeIsAnErrorAndTheNextOneStartsFresh(int status, String told) throws Exception {
        start(StandInRuntime.function("fn"));
        long first = pid();

        HttpResponse<String> failed = caller.invoke("fn", "\"exit " + status + "\"");

        assertEquals("Unhandled", header(failed, "X-Amz-Function-Error"));
        String requestId = header(failed, "x-amzn-RequestId");
        assertEquals(
                "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: " + requestId
                        + " Error: Runtime exited with error: " + told + "\"}",
                failed.body());
        assertNotEquals(first, pid());
        assertEquals(2, stats().coldStarts());
        assertEquals(1, stats().liveEnvironments());
    }

    @Test
    void timeOutKillsAndReports() throws Exception {
        start(StandInRuntime.function("fn").withTimeout(Duration.ofSeconds(8)));
        long first = pid();

        HttpResponse<String> failed = caller.invoke("fn", "\"hang\"");

        assertEquals("Unhandled", header(failed, "X-Amz-Function-Error"));
        assertTrue(failed.body().contains("\"errorType\":\"Sandbox.Timedout\""), failed::body);
        assertTrue(failed.body().contains(" Error: Task timed out after 8.00 seconds\""), failed::body);
        assertEquals(1, stats().timeouts());
        assertTrue(stats().billedMs() >= 8000);
        Processes.awaitGone(first);
        assertNotEquals(first, pid());
    }

    @Test
    void idleEnvironmentGetsSigtermAndIsGone(@TempDir Path directory) throws Exception {
        Path note = directory.resolve("terminated");
        start(LocalLambdaSettings.of(StandInRuntime.function("fn")
                        .withEnvironment(Map.of("STAND_IN_TERM_FILE", note.toString(), "STAND_IN_EXTENSION", "asks")))
                .withIdleTimeout(Duration.ofMillis(50)));
        long first = pid();

        Processes.awaitGone(first);

        assertTrue(Files.exists(note));
        assertEquals(0, stats().liveEnvironments());
    }

    @Test
    void anEnvironmentWithoutExtensionsIsKilledAtOnceAsOnAws(@TempDir Path directory) throws Exception {
        Path note = directory.resolve("terminated");
        start(LocalLambdaSettings.of(
                        StandInRuntime.function("fn").withEnvironment(Map.of("STAND_IN_TERM_FILE", note.toString())))
                .withIdleTimeout(Duration.ofMillis(50)));
        Processes.awaitGone(pid());
        assertFalse(Files.exists(note));
    }

    @Test
    void theInitPhaseLastsUntilEachExtensionAsksForEvents() throws Exception {
        start(StandInRuntime.function("fn")
                .withEnvironment(Map.of("STAND_IN_EXTENSION", "silent"))
                .withTimeout(Duration.ofSeconds(2)));
        assertTrue(caller.invoke("fn", "\"pid\"").body().contains("Sandbox.Timedout"));
    }

    @Test
    void idleEnvironmentThatIgnoresSigtermIsKilled() throws Exception {
        String script = "trap '' TERM; \"$@\" & wait; wait; exec sleep 1000";
        List<String> command = new ArrayList<>(List.of("bash", "-c", script, "bash"));
        command.addAll(StandInRuntime.command());
        start(LocalLambdaSettings.of(
                        FunctionSettings.of("fn", command).withEnvironment(Map.of("STAND_IN_EXTENSION", "asks")))
                .withIdleTimeout(Duration.ofMillis(50)));
        long bash;
        try (Gate gate = new Gate()) {
            CompletableFuture<HttpResponse<String>> held = caller.start("fn", gate.payload());
            gate.awaitArrivals(1);
            bash = stats().environments().get(0).pid();
            gate.open();
            Caller.result(held);
        }
        Processes.awaitGone(bash);
        assertEquals(0, stats().liveEnvironments());
    }

    private static boolean anyDescendant(String name) {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> Processes.isRunning(process.pid()))
                .anyMatch(process -> process.info().command().orElse("").endsWith(name));
    }

    @Test
    void initErrorIsTheAnswer() throws Exception {
        start(StandInRuntime.function("fn").withEnvironment(Map.of("STAND_IN_INIT", "error")));

        HttpResponse<String> failed = caller.invoke("fn", "1");

        assertEquals("Unhandled", header(failed, "X-Amz-Function-Error"));
        assertEquals("{\"errorType\":\"Stand.In\",\"errorMessage\":\"no init\"}", failed.body());
        assertEquals(0, stats().liveEnvironments());
    }

    @Test
    void exitDuringInitIsAnError() throws Exception {
        start(StandInRuntime.function("fn").withEnvironment(Map.of("STAND_IN_INIT", "exit 5")));

        String told = caller.invoke("fn", "1").body();

        assertTrue(told.contains("Runtime.ExitError") && told.contains("exit status 5"), told);
        assertTrue(stats().billedMs() > 0);
    }

    @Test
    void programThatIsNotThereIsAnError() throws Exception {
        start(FunctionSettings.of("fn", List.of("/nowhere/bootstrap")));

        String told = caller.invoke("fn", "1").body();

        assertTrue(told.contains("Runtime.InvalidEntrypoint"), told);
        assertEquals(0, stats().liveEnvironments());
    }

    @Test
    void invokeThatAnEnvironmentNeverSawGoesToAnother() throws Exception {
        start(StandInRuntime.function("fn"));

        assertEquals("\"last words\"", caller.invoke("fn", "\"die-after\"").body());

        // Whether the death is known by now or not: this one runs.
        assertEquals("1", caller.invoke("fn", "1").body());
        assertEquals(0, stats().functionErrors());
        assertEquals(2, stats().coldStarts());
    }

    @Test
    void killEndsTheInvokeAndTheWholeTree() throws Exception {
        start(StandInRuntime.function("fn"));
        long child = Long.parseLong(caller.invoke("fn", "\"spawn\"").body());
        long first = pid();
        try (Gate gate = new Gate()) {
            CompletableFuture<HttpResponse<String>> held = caller.start("fn", gate.payload());
            gate.awaitArrivals(1);
            String id = stats().environments().get(0).id();

            assertEquals(
                    200,
                    caller.post("/local-lambda/environments/" + id + "/kill").statusCode());

            assertTrue(Caller.result(held).body().contains("signal: killed"));
            assertEquals(
                    404,
                    caller.post("/local-lambda/environments/" + id + "/kill").statusCode());
        }
        Processes.awaitGone(first);
        Processes.awaitGone(child);
        assertNotEquals(first, pid());
    }

    @Test
    void whatADeadRootLeavesBehindIsEnded() throws Exception {
        start(StandInRuntime.function("fn"));
        long child = Long.parseLong(caller.invoke("fn", "\"spawn\"").body());
        long root = pid();

        assertTrue(ProcessHandle.of(root).orElseThrow().destroyForcibly());

        Processes.awaitGone(child);
        Await.until("it is known", () -> stats().liveEnvironments() == 0);
    }

    @Test
    void closeLeavesNoProcess() throws Exception {
        start(StandInRuntime.function("fn"));
        long child = Long.parseLong(caller.invoke("fn", "\"spawn\"").body());
        long root = pid();
        CompletableFuture<HttpResponse<String>> held = caller.start("fn", "\"hang\"");
        Await.until("it runs", () -> stats().busy() == 1);
        CompletableFuture<HttpResponse<String>> starting = caller.start("fn", "\"hang\"");
        Await.until("another starts", () -> stats().busy() == 2);

        lambda.close();

        assertFalse(Processes.isRunning(child));
        assertFalse(Processes.isRunning(root));
        assertFalse(anyDescendant("java"));
        assertTrue(Caller.result(held).body().contains("shutting down"));
        assertTrue(Caller.result(starting).body().contains("shutting down"));
    }

    @Test
    void callerThatLeavesDoesNotEndTheInvoke() throws Exception {
        start(StandInRuntime.function("fn"));
        try (Gate gate = new Gate()) {
            CompletableFuture<HttpResponse<String>> left = caller.start("fn", gate.payload());
            gate.awaitArrivals(1);
            left.cancel(true);
            assertEquals(1, stats().busy());
        }
        Await.until("it has ended", () -> stats().busy() == 0);
        assertEquals(0, stats().functionErrors());
        pid();
        assertEquals(1, stats().coldStarts());
    }

    @Test
    void waitsForTheColdStartDelay() throws Exception {
        start(LocalLambdaSettings.of(StandInRuntime.function("fn")).withColdStartDelay(Duration.ofMillis(300)));
        long before = System.nanoTime();
        pid();
        assertTrue(System.nanoTime() - before >= 300_000_000);
    }

    @Test
    void holdsManyInvokesWithFewThreads() throws Exception {
        // These never ask for an invoke; they end when their standard input does.
        start(FunctionSettings.of("fn", List.of("cat")));
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            held.add(caller.start("fn", "1"));
        }
        Await.until(
                "all are held",
                () -> stats().environments().stream()
                                .filter(environment -> environment.pid() > 0)
                                .count()
                        == 200);

        long threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("local-lambda"))
                .count();

        assertTrue(threads < 30, threads + " threads");
        lambda.close();
        for (CompletableFuture<HttpResponse<String>> one : held) {
            assertEquals(200, Caller.result(one).statusCode());
        }
    }
}
