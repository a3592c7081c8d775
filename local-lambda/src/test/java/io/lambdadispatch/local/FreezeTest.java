package io.lambdadispatch.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.local.billing.Count;
import io.lambdadispatch.local.billing.EnvironmentStats;
import io.lambdadispatch.local.billing.FunctionStats;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import io.lambdadispatch.local.fault.Faults;
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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Environments whose processes are stopped: idle ones, as AWS does, and any on demand. */
@EnabledOnOs(OS.LINUX)
class FreezeTest {
    private static final LocalLambdaSettings FREEZING =
            LocalLambdaSettings.of(StandInRuntime.function("fn")).withFreezeIdle(true);

    private LocalLambda lambda;
    private Caller caller;

    private void start(LocalLambdaSettings settings) throws Exception {
        lambda = LocalLambda.start(settings);
        caller = new Caller(lambda.url());
    }

    @AfterEach
    void stop() {
        lambda.close();
    }

    private FunctionStats stats() {
        return lambda.stats().function("fn");
    }

    private EnvironmentStats environment() {
        return stats().environments().get(0);
    }

    private long number(String payload) throws Exception {
        return Long.parseLong(caller.invoke("fn", payload).body());
    }

    private void awaitFrozen(long... pids) {
        for (long pid : pids) {
            Await.until("process " + pid + " is stopped", () -> Processes.isStopped(pid));
        }
        Await.until("it is told", () -> environment().frozen());
    }

    @Test
    void idleOnesAreStoppedWithAllTheirProcessesAndGoOnForTheNextInvoke() throws Exception {
        start(FREEZING);
        long child = number("\"spawn\"");
        long root = environment().pid();
        for (int i = 0; i < 20; i++) {
            awaitFrozen(root, child);
            assertEquals(EnvironmentStats.State.IDLE, environment().state());
            assertEquals("\"n" + i + "\"", caller.invoke("fn", "\"n" + i + "\"").body());
        }
        try (Gate gate = new Gate()) {
            CompletableFuture<HttpResponse<String>> held = caller.start("fn", gate.payload());
            gate.awaitArrivals(1);
            // A stop on its way from the invoke before may still come, and is taken back.
            Await.until("both go on", () -> !Processes.isStopped(root) && !Processes.isStopped(child));
            Await.until("it is told", () -> !environment().frozen());
            gate.open();
            Caller.result(held);
        }
        awaitFrozen(root, child);
        assertEquals(1, stats().coldStarts());
    }

    @Test
    void invokesOneAfterTheOtherNeedNotWaitForTheFreezing() throws Exception {
        start(FREEZING);
        for (int i = 0; i < 200; i++) {
            assertEquals(
                    Integer.toString(i),
                    caller.invoke("fn", Integer.toString(i)).body());
        }
        assertEquals(1, stats().coldStarts());
        assertEquals(0, stats().functionErrors());
        awaitFrozen(environment().pid());
    }

    @Test
    void isSwitchedWhileItRuns() throws Exception {
        start(FREEZING.withFreezeIdle(false));
        number("\"pid\"");
        long root = environment().pid();
        assertFalse(Processes.isStopped(root));
        lambda.setFaults("fn", Faults.NONE.withFreeze(true));
        awaitFrozen(root);
        lambda.setFaults("fn", Faults.NONE);
        Await.until(
                "it goes on", () -> !Processes.isStopped(root) && !environment().frozen());
        assertEquals(root, number("\"pid\""));
    }

    @Test
    void frozenOnesAreReapedInOrder(@TempDir Path directory) throws Exception {
        Path note = directory.resolve("terminated");
        start(LocalLambdaSettings.of(StandInRuntime.function("fn")
                        .withEnvironment(Map.of("STAND_IN_TERM_FILE", note.toString(), "STAND_IN_EXTENSION", "asks")))
                .withFreezeIdle(true)
                .withIdleTimeout(Duration.ofMillis(400)));
        long root = number("\"pid\"");
        Processes.awaitGone(root);
        assertTrue(Files.exists(note), "it did not get SIGTERM");
        assertEquals(0, stats().liveEnvironments());
        assertEquals(0, stats().count(Count.CRASHES));
    }

    @Test
    void frozenOnesAreKilled() throws Exception {
        start(FREEZING);
        long child = number("\"spawn\"");
        long root = environment().pid();
        awaitFrozen(root, child);
        assertTrue(lambda.kill(environment().id()));
        Processes.awaitGone(root);
        Processes.awaitGone(child);
        assertEquals("1", caller.invoke("fn", "1").body());
    }

    @Test
    void closeEndsFrozenOnesInOrder(@TempDir Path directory) throws Exception {
        Path note = directory.resolve("terminated");
        start(LocalLambdaSettings.of(
                        StandInRuntime.function("fn").withEnvironment(Map.of("STAND_IN_TERM_FILE", note.toString())))
                .withFreezeIdle(true));
        long root = number("\"pid\"");
        awaitFrozen(root);
        lambda.close();
        assertFalse(Processes.isRunning(root));
        assertTrue(Files.exists(note), "it did not get SIGTERM");
    }

    @Test
    void frozenInTheMidstOfAnInvokeItDoesNothingUntilItIsThawed() throws Exception {
        start(FREEZING.withFreezeIdle(false));
        try (Gate gate = new Gate()) {
            CompletableFuture<HttpResponse<String>> held = caller.start("fn", gate.payload());
            gate.awaitArrivals(1);
            EnvironmentStats busy = environment();
            String path = "/local-lambda/environments/" + busy.id();
            assertEquals(
                    "{\"id\":\"" + busy.id() + "\",\"known\":true}",
                    caller.post("/local-lambda/functions/fn/busy/freeze").body());
            Await.until("it is stopped", () -> Processes.isStopped(busy.pid()));
            assertTrue(environment().frozen());
            assertEquals(200, caller.post(path + "/freeze").statusCode());
            // All others are frozen already.
            assertEquals(
                    404, caller.post("/local-lambda/functions/fn/busy/freeze").statusCode());
            gate.open();
            assertTrue(Processes.isStopped(busy.pid()));
            assertFalse(held.isDone());

            assertEquals(200, caller.post(path + "/thaw").statusCode());

            assertFalse(environment().frozen());
            assertEquals("\"through the gate\"", Caller.result(held).body());
        }
        assertEquals(
                404, caller.post("/local-lambda/environments/nobody/freeze").statusCode());
        assertEquals(404, caller.post("/local-lambda/environments/nobody/thaw").statusCode());
    }

    @Test
    void frozenBusyOnesAreKilledAndTimeOut() throws Exception {
        start(FREEZING);
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        try (Gate gate = new Gate()) {
            for (CompletableFuture<HttpResponse<String>> started : startTwo(gate)) {
                gate.open();
                Caller.result(started);
            }
            lambda.setFaults("fn", Faults.NONE.withTimeout(Duration.ofSeconds(5)));
            held.addAll(startTwo(gate));
            List<EnvironmentStats> both = stats().environments();
            both.forEach(environment -> assertTrue(lambda.freeze(environment.id())));
            assertTrue(lambda.kill(both.get(0).id()));
            Processes.awaitGone(both.get(0).pid());
            Processes.awaitGone(both.get(1).pid());
        }
        List<String> answers = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> one : held) {
            answers.add(Caller.result(one).body());
        }
        assertTrue(answers.stream().anyMatch(answer -> answer.contains("signal: killed")), answers::toString);
        assertTrue(answers.stream().anyMatch(answer -> answer.contains("Task timed out")), answers::toString);
    }

    private List<CompletableFuture<HttpResponse<String>>> startTwo(Gate gate) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> both =
                List.of(caller.start("fn", gate.payload()), caller.start("fn", gate.payload()));
        gate.awaitArrivals(2);
        return both;
    }

    @Test
    void oneThatIsFrozenBeforeItHasAProcessStartsFrozen() throws Exception {
        start(FREEZING.withColdStartDelay(Duration.ofMillis(500)));
        CompletableFuture<HttpResponse<String>> held = caller.start("fn", "\"pid\"");
        Await.until("it is known", () -> stats().liveEnvironments() == 1);
        String id = environment().id();
        assertTrue(lambda.freeze(id));
        Await.until("it is started", () -> environment().pid() > 0);
        long root = environment().pid();
        awaitFrozen(root);
        assertTrue(lambda.thaw(id));
        assertEquals(Long.toString(root), Caller.result(held).body());
    }
}
