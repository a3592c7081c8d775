package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.AnswerHead;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A router that is asked to end finishes what it has begun, and says what it could not. */
@Tag("processes")
class ShutdownIT {
    @TempDir
    private Path directory;

    private Path pidFile() {
        return directory.resolve("router.pid");
    }

    private LocalSystem.Builder system(String name) {
        // Longer than cold starts take on a busy machine.
        return LocalSystem.named(name).setting("PidFile", pidFile().toString()).setting("ShutdownTimeout", "2m");
    }

    private static void ping(LocalSystem system) throws Exception {
        assertEquals(
                200,
                system.http()
                        .send(system.request("/ping").build(), BodyHandlers.discarding())
                        .statusCode());
    }

    /** A request that runs for some seconds: in the instance that tells so, beside the one that asks. */
    private static CompletableFuture<HttpResponse<String>> running(LocalSystem system) {
        while (true) {
            CompletableFuture<HttpResponse<String>> slow =
                    system.http().sendAsync(system.request("/delay?delay=6000").build(), BodyHandlers.ofString());
            Await.until("it runs, or did", () -> slow.isDone() || system.debugRequestsInFlight() >= 2);
            if (!slow.isDone()) {
                return slow;
            }
        }
    }

    @Test
    void requestsInFlightAreAnsweredAndInstancesLeave() throws Exception {
        try (LocalSystem system = system("shutdown").start()) {
            ping(system);
            CompletableFuture<HttpResponse<String>> slow = running(system);
            assertEquals(0, system.endRouter());
            assertEquals(200, slow.get().statusCode());
            system.awaitNoneBusy();
            assertTrue(system.routerLog().contains("everything was finished"), system.routerLog());
            assertFalse(Files.exists(pidFile()));
        }
    }

    @Test
    void theStopCommandWaitsForTheEndOfItsRouterAndNoOther() throws Exception {
        try (LocalSystem system = system("shutdown-command").start();
                Service other = system.startRouter(
                        "other-router",
                        Map.of("PidFile", directory.resolve("other.pid").toString()))) {
            String unused = StandaloneRouter.url(other);
            ping(system);
            CompletableFuture<HttpResponse<String>> slow = running(system);

            CommandRun stop = system.stopCommand();
            assertEquals(0, stop.exitCode(), stop.output());
            assertTrue(stop.output().contains("process " + system.routerPid() + ", has ended"), stop.output());
            assertEquals(200, slow.get().statusCode());
            assertEquals(0, system.awaitRouterEnd());

            CommandRun again = system.stopCommand();
            assertEquals(1, again.exitCode(), again.output());
            assertTrue(again.output().contains("no router with these settings is running"), again.output());
            assertTrue(again.output().contains("other.pid"), again.output());
            assertTrue(other.isAlive());
        }
    }

    @Test
    void whatNeverEndsIsCutOffAndToldOfInTheLogAndByTheExitCode() throws Exception {
        try (LocalSystem system =
                        system("shutdown-cut").setting("ShutdownTimeout", "1s").start();
                RawUser user = system.user()) {
            user.send("GET /chunked-response?delay=600000 HTTP/1.1\r\nHost: test\r\n\r\n");
            AnswerHead unused = user.readHead();
            assertTrue(user.readChunk().startsWith("first line"));

            CommandRun stop = system.stopCommand();
            assertEquals(1, stop.exitCode(), stop.output());
            assertTrue(stop.output().contains("not in order"), stop.output());
            assertEquals(1, system.awaitRouterEnd());
            // Of an answer that looks whole this would be the last chunk.
            assertEquals("", user.readToEnd().strip());
            String log = system.routerLog();
            assertTrue(log.contains("cut off: 0 waiting and 1 running requests, 1 instances"), log);
            assertFalse(Files.exists(pidFile()));
            system.awaitNoneBusy();
        }
    }

    @Test
    void moreSignalsChangeNothing() throws Exception {
        try (LocalSystem system = system("shutdown-signals").start()) {
            ping(system);
            CompletableFuture<HttpResponse<String>> slow = running(system);
            // Not by INT, which a process ignores that a shell has started in the background.
            system.signalRouter("TERM");
            Await.until("it is leaving", () -> system.routerLog().contains("leaving"));
            system.signalRouter("INT");
            system.signalRouter("TERM");
            system.signalRouter("INT");
            assertEquals(200, slow.get().statusCode());
            assertEquals(0, system.awaitRouterEnd());
            system.awaitNoneBusy();
        }
    }

    @Test
    void usersWhoWaitForAColdStartAreServed() throws Exception {
        List<RawUser> users = new ArrayList<>();
        try (LocalSystem system =
                system("shutdown-cold").option("--cold-start", "2000").start()) {
            for (int i = 0; i < 10; i++) {
                users.add(system.user().send("GET /ping HTTP/1.1\r\nHost: test\r\n\r\n"));
                users.add(system.user().send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\npong"));
            }
            Await.until("the first one waits", () -> system.routerLog().contains("instances wanted"));
            assertFalse(system.routerLog().contains("opened"), system.routerLog());

            assertEquals(0, system.endRouter());
            for (RawUser user : users) {
                AnswerHead head = user.readHead();
                assertEquals(200, head.status(), head.toString());
                assertEquals(List.of("close"), head.values("Connection"));
                assertEquals("pong", user.readText(4));
            }
            system.awaitNoneBusy();
        } finally {
            for (RawUser user : users) {
                user.close();
            }
        }
    }

    /** The JVM may be anywhere between its first class and its open ports. */
    @Test
    void aRouterThatIsStoppedWhileItStartsEndsInOrder() throws Exception {
        try (LocalSystem system = system("shutdown-early").start()) {
            Path early = directory.resolve("early.pid");
            Map<String, String> changes = Map.of("PidFile", early.toString());
            try (Service starting = system.startRouter("early-router", changes)) {
                Await.until("it has left its process id", () -> Files.exists(early) && Files.size(early) > 0);
                CommandRun stop = system.stopCommand(changes);
                assertEquals(0, stop.exitCode(), stop.output() + starting.readLog());
            }
        }
    }
}
