package io.lambdadispatch.client.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An app that is not the shell's own process but a child of it, as under {@code npm start}. */
class AppProcessTest {
    @TempDir
    Path notes;

    private AppProcess startChild(String onSigterm) throws Exception {
        String child = "trap '" + onSigterm + "' TERM; touch " + notes + "/up; while :; do sleep 0.02; done";
        AppProcess app = AppProcess.start(
                "/bin/sh -c \"" + child + "\" & echo $! >" + notes + "/pid; wait",
                3001,
                OutputStream.nullOutputStream());
        awaitThat(() -> Files.exists(notes.resolve("up")));
        return app;
    }

    /** The shell writes it when it comes to it, which may be after the child has begun. */
    private long childsPid() throws Exception {
        Path pid = notes.resolve("pid");
        awaitThat(() -> Files.exists(pid) && Files.readString(pid).endsWith("\n"));
        return Long.parseLong(Files.readString(pid).trim());
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void awaitThat(Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20));
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void whatTheShellHasStartedIsWaitedForThoughTheShellEndsAtOnce() throws Exception {
        AppProcess app = startChild("sleep 0.3; touch " + notes + "/tidy; exit");
        app.terminate(20_000);
        assertTrue(Files.exists(notes.resolve("tidy")), "it had the time to end in order");
    }

    @Test
    void whatDoesNotEndInTimeIsKilled() throws Exception {
        AppProcess app = startChild("");
        long child = childsPid();
        long start = System.nanoTime();
        app.terminate(200);
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60));
        awaitThat(() -> isGone(child));
        awaitThat(() -> !app.isAlive());
    }

    @Test
    void itsEndIsSeenSoon() throws Exception {
        AppProcess app = AppProcess.start("exec sleep 60", 3001, OutputStream.nullOutputStream());
        assertFalse(app.endsSoon().get(20, TimeUnit.SECONDS));
        CompletableFuture<Boolean> ends = app.endsSoon();
        app.terminate(20_000);
        assertTrue(ends.get(20, TimeUnit.SECONDS));
        assertTrue(app.endsSoon().get(20, TimeUnit.SECONDS));
    }

    @Test
    void theEndOfItsServerIsSeenThoughTheShellLivesOn() throws Exception {
        AppProcess app = AppProcess.start(
                // By the shell's own means alone, so that there is no other child.
                "sleep 60 & echo $! >" + notes + "/pid; wait; exec sleep 60", 3001, OutputStream.nullOutputStream());
        long child = childsPid();
        app.serves();
        assertFalse(app.endsSoon().get(20, TimeUnit.SECONDS));
        ProcessHandle.of(child).orElseThrow().destroyForcibly();
        assertTrue(app.endsSoon().get(20, TimeUnit.SECONDS));
        app.terminate(20_000);
    }

    /** Seen with a JVM that was killed: its threads, and with the last of them its connections, end one after the other. */
    @ParameterizedTest
    @CsvSource({
        "S, 4194560, 30, false",
        "R, 4194564, 30, true",
        "Z, 4227084, 2, true",
        "Z, 4227084, 1, false",
    })
    void aProcessThatIsOnItsWayOutIsMarkedAsSuch(String state, long flags, int threads, boolean isExiting) {
        String stat = "7 (a ) Z app) " + state + " 1 7 7 0 -1 " + flags + " 9 0 0 0 1 2 0 0 20 0 " + threads
                + " 0 12345 1 2 3";
        assertEquals(isExiting, ProcessStat.parse(stat).isExiting());
    }

    @Test
    void aProcessThatLivesIsNotOnItsWayOut() throws Exception {
        AppProcess app = AppProcess.start("exec sleep 60", 3001, OutputStream.nullOutputStream());
        app.serves();
        assertFalse(app.isEnding());
        app.terminate(20_000);
        assertFalse(app.isEnding());
    }

    private static boolean isGone(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        return !Files.exists(status) || Files.readString(status).contains("State:\tZ");
    }
}
