package io.lambdadispatch.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.Await;
import java.io.BufferedReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The packaged local-lambda with the demo's environments, a stand-in runtime taking the Lambda client's part. */
@Timeout(120)
@Tag("processes")
class DistributionIT {
    private static final Path HOME = Path.of("target", "local-lambda").toAbsolutePath();

    @TempDir
    private Path directory;

    private Process process;
    private Caller caller;
    private Set<Long> pids = Set.of();

    private void start(String... options) throws Exception {
        Path client = directory.resolve("client");
        String command =
                StandInRuntime.command().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Files.writeString(client, "#!/usr/bin/env bash\nexec " + command + "\n");
        assertTrue(client.toFile().setExecutable(true));
        List<String> words =
                new ArrayList<>(List.of(HOME.resolve("bin/local-lambda").toString(), "--port", "0"));
        words.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "LAMBDA_DISPATCH_CLIENT", client.toString(), "JAVA_HOME", System.getProperty("java.home")));
        process = builder.start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        assertTrue(line.startsWith("local-lambda listens on http://127.0.0.1:"), line);
        caller = new Caller(URI.create(line.substring("local-lambda listens on ".length())));
        Thread reader = new Thread(() -> output.lines().forEach(System.out::println));
        reader.setDaemon(true);
        reader.start();
    }

    @AfterEach
    void stop() throws Exception {
        process.destroy();
        process.waitFor();
        pids.forEach(Processes::awaitGone);
    }

    /** Starts an environment; returns the port of its app when that is up. */
    private int startEnvironment() throws Exception {
        assertEquals("1", caller.invoke("lambda-dispatch-demo", "1").body());
        int port = Integer.parseInt(caller.invoke("lambda-dispatch-demo", "\"variable LAMBDA_DISPATCH_PORT\"")
                .body()
                .replace("\"", ""));
        Await.until("the app is up", () -> isUp(port));
        pids = process.descendants().map(ProcessHandle::pid).collect(Collectors.toSet());
        assertTrue(pids.size() >= 3, pids::toString);
        return port;
    }

    private boolean isUp(int port) {
        try {
            return new Caller(URI.create("http://127.0.0.1:" + port))
                    .get("/health")
                    .body()
                    .equals("OK");
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void nothingSurvivesSigterm() throws Exception {
        start();
        startEnvironment();
        process.destroy();
        pids.forEach(Processes::awaitGone);
    }

    @Test
    void nothingSurvivesSigkill() throws Exception {
        start();
        startEnvironment();
        // A runtime that is busy does not notice that its Runtime API has gone.
        try (Gate gate = new Gate()) {
            var held = caller.start("lambda-dispatch-demo", gate.payload());
            gate.awaitArrivals(1);
            process.destroyForcibly();
            pids.forEach(Processes::awaitGone);
            assertThrows(ExecutionException.class, () -> Caller.result(held));
        }
    }

    /** Not before its app is up. */
    private int startFrozenEnvironment() throws Exception {
        start();
        int port = startEnvironment();
        String faults = "/local-lambda/functions/lambda-dispatch-demo/faults";
        assertEquals(
                "{\"freeze\":true}",
                caller.send("POST", faults, "{\"freeze\":true}").body());
        awaitFrozen();
        return port;
    }

    private void awaitFrozen() {
        Await.until("all are stopped", () -> pids.stream().allMatch(Processes::isStopped));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void nothingFrozenSurvivesSigterm() throws Exception {
        startFrozenEnvironment();
        process.destroy();
        pids.forEach(Processes::awaitGone);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void nothingFrozenSurvivesSigkill() throws Exception {
        startFrozenEnvironment();
        process.destroyForcibly();
        pids.forEach(Processes::awaitGone);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void frozenEnvironmentGoesOnWithItsApp() throws Exception {
        int port = startFrozenEnvironment();
        try (Gate gate = new Gate()) {
            var held = caller.start("lambda-dispatch-demo", gate.payload());
            gate.awaitArrivals(1);
            assertTrue(isUp(port));
            gate.open();
            Caller.result(held);
        }
        awaitFrozen();
    }

    @Test
    void environmentIsReapedWhole() throws Exception {
        // Longer than an app's start, which the environment idles through.
        start("--idle-timeout", "8");
        startEnvironment();
        pids.forEach(Processes::awaitGone);
    }

    @Test
    void deathOfTheAppEndsTheEnvironment() throws Exception {
        start("--env", "DEMO_ALLOW_CRASH=true");
        int port = startEnvironment();
        try (Gate gate = new Gate()) {
            var held = caller.start("lambda-dispatch-demo", gate.payload());
            gate.awaitArrivals(1);
            Caller app = new Caller(URI.create("http://127.0.0.1:" + port));
            Thread crash = new Thread(() -> isCrashed(app));
            crash.start();
            String told = Caller.result(held).body();
            assertTrue(told.contains("Runtime.ExitError") && told.contains("exit status 42"), told);
            crash.join();
        }
        pids.forEach(Processes::awaitGone);
    }

    private static boolean isCrashed(Caller app) {
        try {
            return app.get("/crash?code=42").statusCode() < 0;
        } catch (Exception e) {
            return true;
        }
    }
}
