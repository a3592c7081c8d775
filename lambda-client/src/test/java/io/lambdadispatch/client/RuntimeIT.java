package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of an environment: how it starts, freezes, and ends, with the app that it has started or found. */
@Tag("processes")
class RuntimeIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    /** Longer than any time-out of the client; raise it with {@code -Dfreeze.seconds=60} for more of Lambda's life. */
    private static final long FREEZE_SECONDS = Long.getLong("freeze.seconds", 12);

    private static final String SELECTOR = "anon_inode:[eventpoll]";

    @TempDir
    Path notes;

    private final ReservedPort port;

    private RuntimeRig rig;

    RuntimeIT() throws IOException {
        port = new ReservedPort();
    }

    @BeforeEach
    void begin(org.junit.jupiter.api.TestInfo test) throws Exception {
        rig = new RuntimeRig("runtime-it-" + test.getTestMethod().orElseThrow().getName());
        rig.environment.put("LAMBDA_DISPATCH_PORT", Integer.toString(port.number()));
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
        port.close();
    }

    private void startWithApp() throws Exception {
        startWith(RuntimeRig.appCommand(notes));
    }

    private void startWith(String appCommand) throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_APP_COMMAND", appCommand);
        rig.environment.put("LAMBDA_DISPATCH_HEALTH_PATH", "/ready");
        rig.start();
    }

    private void assertServes() throws Exception {
        assertTrue(rig.router.nextChannel().send(GET).end().answer().endsWith("hello"));
    }

    @Test
    void theDistributionServesInvokesAndEndsWhenItsAppIsGone() throws Exception {
        try (ScriptedApp app = new ScriptedApp()) {
            rig.environment.put("LAMBDA_DISPATCH_PORT", Integer.toString(app.port()));
            rig.start();
            rig.invoke(true);
            RuntimeRig.Answer init = rig.nextAnswer();
            assertTrue(init.path().endsWith("/invocation/request-1/response"), init.path());
            assertTrue(init.body().contains("SelfInitOnly"), init.body());

            rig.invoke(false);
            assertServes();
            app.close();
            // Connections that are kept alive still work; the app's script ends this one.
            app.script((connection, head) -> connection.reset());
            RouterChannel last = rig.router.nextChannel();
            assertTrue(last.send(GET).end().answer().startsWith("HTTP/1.1 502 "));
            assertInvokeFails("the app refuses connections");
        }
    }

    private void assertInvokeFails(String why) throws Exception {
        RuntimeRig.Answer failure = rig.nextAnswer();
        assertTrue(failure.path().endsWith("/invocation/request-1/error"), failure.path());
        assertTrue(failure.body().contains(why), failure.body());
        rig.awaitEnd();
    }

    @Test
    void itStartsTheAppAndIsAnExtensionBeforeItAsksForWork() throws Exception {
        startWith("until [ -e '" + notes + "/go' ]; do sleep 0.05; done; " + RuntimeRig.appCommand(notes));
        rig.awaitCall("extension/event/next");
        assertEquals(List.of("extension/register", "extension/event/next"), rig.calls);
        Files.createFile(notes.resolve("go"));
        rig.invoke(false);
        assertServes();
        assertEquals(List.of("invocation/next"), rig.calls.subList(2, rig.calls.size()));
        rig.awaitLog("small app listens, PORT=" + rig.environment.get("LAMBDA_DISPATCH_PORT") + "\n");
    }

    @Test
    void withAsyncInitAnAppThatIsLateServesInTheFirstInvoke() throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_ASYNC_INIT", "true");
        rig.environment.put("LAMBDA_DISPATCH_ASYNC_INIT_TIMEOUT", Long.toString(RuntimeRig.PATIENCE_SECONDS));
        startWith("until [ -e '" + notes + "/go' ]; do sleep 0.05; done; " + RuntimeRig.appCommand(notes));
        rig.awaitCall("invocation/next");
        rig.invoke(false);
        rig.awaitLog("invoke lambda-1 begins");
        Files.createFile(notes.resolve("go"));
        assertServes();
    }

    /** Lambda leaves half a second, in which a busy machine does not get far. */
    private void leaveTimeForTheEnd() {
        rig.environment.put("LAMBDA_DISPATCH_JAVA_OPTS", "-Dlambda.dispatch.shutdown.millis=600000");
    }

    @Test
    void sigtermReachesTheAppAndIsWaitedFor() throws Exception {
        leaveTimeForTheEnd();
        startWithApp();
        rig.invoke(true);
        rig.nextAnswer();
        rig.signal("TERM");
        rig.awaitEnd();
        assertTrue(Files.exists(notes.resolve("terminated")), "the app had ended in order before the client did");
    }

    @Test
    void sigtermLetsARequestInFlightBeAnsweredWholeBeforeItReachesTheApp() throws Exception {
        leaveTimeForTheEnd();
        startWithApp();
        rig.invoke(false);
        RouterChannel channel = rig.router.nextChannel();
        channel.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n").end();
        channel.awaitAnswer(answer -> answer.endsWith("begun"));
        rig.signal("TERM");
        assertNotNull(
                rig.router.closes.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS), "the router is told first");
        Files.createFile(notes.resolve("go"));
        assertTrue(channel.answer().endsWith("begun and ended"));
        // Long before the time is over that it was left.
        rig.awaitEnd();
        assertEquals("after the answer", Files.readString(notes.resolve("terminated")));
    }

    @Test
    void aRequestThatDoesNotEndDoesNotHoldUpTheEnd() throws Exception {
        startWithApp();
        rig.invoke(false);
        RouterChannel channel = rig.router.nextChannel();
        channel.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n").end();
        channel.awaitAnswer(answer -> answer.endsWith("begun"));
        rig.signal("TERM");
        rig.awaitEnd();
        assertThrows(ExecutionException.class, channel::answerBytes, "never a clean end");
    }

    /** As {@code docker/Dockerfile.lambda} starts it, and an image without Java may: in a directory of the image's own. */
    @ParameterizedTest
    @ValueSource(strings = {"lambda-dispatch-client/bootstrap", "layer/lambda-dispatch/run"})
    void itIsAnImagesEntryPoint(String entryPoint) throws Exception {
        assumeTrue(RuntimeRig.layer().isPresent(), RuntimeRig.NO_LAYER);
        assumeFalse(Files.exists(Path.of("/var/task")), "an image has no /var/task");
        rig.bootstrap = RuntimeRig.target().resolve(entryPoint);
        rig.workingDirectory = notes;
        if (entryPoint.startsWith("layer")) {
            rig.environment.put("JAVA_HOME", "/an/image/without/java");
        }
        Path app = Files.writeString(notes.resolve("app"), "#!/bin/sh\nexec " + RuntimeRig.appCommand(notes) + "\n");
        assertTrue(app.toFile().setExecutable(true));
        leaveTimeForTheEnd();
        startWith("exec ./app");
        rig.invoke(false);
        assertServes();
        rig.signal("TERM");
        rig.awaitEnd();
        assertTrue(Files.exists(notes.resolve("terminated")), "SIGTERM has reached the app");
    }

    @Test
    void anAppThatEndsInTheInitPhaseIsAnInitErrorThatNamesItsExitCode() throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_APP_COMMAND", "echo no database; exit 3");
        rig.start();
        RuntimeRig.Answer failure = rig.nextAnswer();
        assertTrue(failure.path().endsWith("/init/error"), failure.path());
        assertTrue(failure.body().contains("the app ended with exit code 3"), failure.body());
        rig.awaitEnd();
        assertTrue(rig.log().contains("no database\n"), rig.log());
    }

    @Test
    void optionsForTheAppsJvmAreNotTheClients() throws Exception {
        // A JVM that is told to use two collectors does not start.
        for (String name : List.of("JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
            rig.environment.put(name, "-XX:+UseG1GC");
        }
        rig.environment.put(
                "LAMBDA_DISPATCH_APP_COMMAND", "echo told $JAVA_OPTS, $JAVA_TOOL_OPTIONS, $JDK_JAVA_OPTIONS.");
        rig.start();
        rig.awaitEnd();
        assertTrue(rig.log().contains("told -XX:+UseG1GC, -XX:+UseG1GC, -XX:+UseG1GC.\n"), rig.log());
    }

    @Test
    void anAppThatIsKilledInItsAnswerResetsTheChannelAndFailsTheInvoke() throws Exception {
        startWithApp();
        rig.invoke(false);
        RouterChannel channel = rig.router.nextChannel();
        channel.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n").end();
        channel.awaitAnswer(answer -> answer.endsWith("begun"));
        long pid = Long.parseLong(Files.readString(notes.resolve("pid")));
        long killedAt = System.nanoTime();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        assertThrows(ExecutionException.class, channel::answerBytes);
        assertInvokeFails("the app ended with exit code 137 (signal 9)");
        System.out.println("invoke failed and environment gone after "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedAt) + " ms");
    }

    /** The kernel closes a killed app's connections in order, which here is what ends an answer. */
    @ParameterizedTest
    @ValueSource(strings = {"exec ", ""})
    void anAppThatIsKilledInAnAnswerWithoutLengthResetsTheChannelToo(String exec) throws Exception {
        boolean isUnderAShell = exec.isEmpty();
        killInAnAnswerWithoutLength(exec, isUnderAShell ? "; exit $?" : "");
        // Of a shell that is slow to tell, its app's port may have told before.
        assertInvokeFails(isUnderAShell ? "the app " : "the app ended with exit code 137 (signal 9)");
    }

    private void killInAnAnswerWithoutLength(String before, String behind) throws Exception {
        startWith(before + RuntimeRig.appCommand(HalfAnswerApp.class, notes) + behind);
        rig.invoke(false);
        RouterChannel channel = rig.router.nextChannel();
        channel.send(GET).end();
        channel.awaitAnswer(answer -> answer.endsWith("begun"));
        long pid = Long.parseLong(Files.readString(notes.resolve("pid")));
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        assertThrows(ExecutionException.class, channel::answerBytes, "never a clean end");
    }

    /** A shell that outlives its app, as a supervisor may: the app's death is all there is to see. */
    @Test
    void anAppThatIsKilledUnderAShellThatLivesOnFailsTheInvokeToo() throws Exception {
        killInAnAnswerWithoutLength("", "; sleep 600");
        assertInvokeFails("the app refuses connections");
    }

    @Test
    void anAppThatNeverGetsHealthyIsNamedInTheLog() throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_APP_COMMAND", RuntimeRig.appCommand(notes));
        rig.environment.put("LAMBDA_DISPATCH_HEALTH_PATH", "/missing");
        rig.start();
        rig.awaitLog("GET /missing on port " + port.number() + " is not answered with a 2xx yet: HTTP/1.1 404");
        rig.signal("TERM");
        rig.awaitEnd();
    }

    @Test
    void anAppThatExitsWhileNobodyAsksEndsTheInvokeToo() throws Exception {
        startWithApp();
        rig.invoke(false);
        RouterChannel channel = rig.router.nextChannel();
        assertTrue(channel.send("GET /exit HTTP/1.1\r\nHost: h\r\n\r\n")
                .end()
                .answer()
                .startsWith("HTTP/1.1 502 "));
        assertInvokeFails("the app ended with exit code 7");
        assertTrue(rig.log().contains("small app is asked to exit\n"), rig.log());
    }

    @Test
    void anAppThatDiesBetweenInvokesEndsTheEnvironment() throws Exception {
        startWithApp();
        rig.invoke(true);
        rig.nextAnswer();
        long pid = Long.parseLong(Files.readString(notes.resolve("pid")));
        ProcessHandle.of(pid).orElseThrow().destroy();
        rig.awaitEnd();
        assertTrue(
                rig.log().contains("this environment ends: the app ended with exit code 143 (signal 15)"), rig.log());
        assertFalse(rig.log().contains("SLF4J"), "the log's back end is found without a word");
    }

    @Test
    void aFrozenEnvironmentServesItsFirstRequestWhenItIsThawed() throws Exception {
        startWithApp();
        rig.invoke(false);
        assertServes();
        rig.router
                .nextChannel()
                .send("GET /_lambda_dispatch/goaway HTTP/1.1\r\n\r\n")
                .end();
        assertTrue(rig.nextAnswer().body().contains("RouterGoAway"));

        rig.signal("STOP");
        TimeUnit.SECONDS.sleep(FREEZE_SECONDS);
        // As on Lambda, where the invoke is there before the environment runs again.
        rig.invoke(false);
        rig.signal("CONT");

        assertServes();
        rig.router
                .nextChannel()
                .send("GET /_lambda_dispatch/goaway HTTP/1.1\r\n\r\n")
                .end();
        RuntimeRig.Answer second = rig.nextAnswer();
        assertTrue(
                second.body().contains("\"RequestCount\":1") && second.body().contains("RouterGoAway"), second.body());
    }

    @Test
    void aSnapshotIsTakenWithoutFileDescriptorsAndServesAfterItsRestore() throws Exception {
        rig.environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
        rig.environment.put("LAMBDA_DISPATCH_LOG_LEVEL", "debug");
        startWithApp();
        rig.invoke(false);
        assertServes();
        assertTrue(rig.calls.indexOf("restore/next") < rig.calls.indexOf("invocation/next"), rig.calls.toString());
        assertFalse(rig.openAtSnapshot.contains(SELECTOR), rig.openAtSnapshot.toString());
        assertTrue(rig.openFiles().contains(SELECTOR), "the reactor's, opened anew: " + rig.openFiles());
        String log = rig.log();
        int before = log.indexOf("before the snapshot");
        assertTrue(before >= 0 && before < log.indexOf("after the snapshot, with fresh seed for NativePRNG"), log);
    }

    @Test
    void theFunctionPackageIsSmall() throws Exception {
        try (var built = Files.newDirectoryStream(
                Path.of(System.getProperty("basedir", "."), "target"), "lambda-dispatch-client-*.zip")) {
            for (Path zip : built) {
                assertTrue(Files.size(zip) <= 8 * 1024 * 1024, zip + " has " + Files.size(zip) + " bytes");
                return;
            }
        }
        throw new AssertionError("no function package in target");
    }

    @Test
    void anIdleClientIsSmall() throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_JAVA_OPTS", "-Xmx24m");
        rig.channels = 50;
        startWithApp();
        rig.invoke(false);
        for (int i = 0; i < 50; i++) {
            assertServes();
        }
        assertTrue(threads() <= 24, "no thread per channel or request: " + threads());
        assertTrue(residentMegabytes() < 100, "resident: " + residentMegabytes() + " MB");
    }

    private long residentMegabytes() throws IOException {
        String status = Files.readString(Path.of("/proc", Long.toString(rig.pid()), "status"));
        Matcher resident = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
        assertTrue(resident.find(), status);
        return Long.parseLong(resident.group(1)) / 1024;
    }

    private long threads() throws IOException {
        try (var tasks = Files.list(Path.of("/proc", Long.toString(rig.pid()), "task"))) {
            return tasks.count();
        }
    }
}
