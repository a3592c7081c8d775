package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two routers behind a real load balancer are restarted, one after the other, and no user notices. */
@Tag("processes")
class RollingRestartIT {
    private static final int PER_SECOND = 200;
    private static final String SERVES = "opened after";

    @TempDir
    private Path directory;

    private final List<AutoCloseable> running = new ArrayList<>();

    /** All balancers that there are stand in front of the same two routers, which saves a small machine a second pair. */
    @Test
    void noRequestOfAnyKindFails() throws Exception {
        List<Balancer> balancers =
                Arrays.stream(Balancer.values()).filter(Balancer::isInstalled).toList();
        assumeFalse(balancers.isEmpty(), "none of " + Arrays.toString(Balancer.values()) + " is installed");
        Map<String, String> first = router("first");
        Map<String, String> second = router("second");
        LocalSystem.Builder builder = LocalSystem.named("rolling-restart")
                .setting("DrainDelay", "2s")
                .setting("ShutdownTimeout", "1m")
                // Few instances, because each is two processes on what may be a small machine.
                .setting("MaxConcurrentCount", "50")
                .setting("InstanceCountMultiplier", "1")
                .option("--concurrency", "4");
        first.forEach(builder::setting);
        try (LocalSystem system = builder.start()) {
            Service other = keep(system.startRouter("second", second));
            String unused = StandaloneRouter.url(other);
            List<SteadyLoad> loads = new ArrayList<>();
            for (Balancer balancer : balancers) {
                loads.add(load(balancer, first, second, PER_SECOND / balancers.size(), system.logs()));
            }
            Await.until(
                    "both routers serve",
                    () -> system.routerLog().contains(SERVES) && other.readLog().contains(SERVES));

            restart(system, "first-again", first);
            restart(system, "second-again", second);

            for (int i = 0; i < loads.size(); i++) {
                SteadyLoad load = loads.get(i);
                load.stop();
                String summary = balancers.get(i) + ": " + load.failures().size() + " of " + load.ended() + " failed";
                assertEquals(List.of(), load.failures(), summary);
                assertTrue(load.ended() > PER_SECOND, summary);
            }
            assertEquals(0, system.awaitRouterEnd());
            assertEquals(0, other.awaitEnd());
        } finally {
            for (AutoCloseable each : running) {
                each.close();
            }
        }
    }

    private <T extends AutoCloseable> T keep(T each) {
        running.add(each);
        return each;
    }

    private SteadyLoad load(
            Balancer balancer, Map<String, String> first, Map<String, String> second, int perSecond, Path logs)
            throws IOException {
        int port = ReservedPort.take();
        Service unused = keep(balancer.start(port, port(first), port(second), logs));
        String url = "http://127.0.0.1:" + port;
        Await.until(balancer + " passes requests on", () -> answers(url));
        return keep(SteadyLoad.start(url, perSecond));
    }

    private Map<String, String> router(String name) {
        return Map.of(
                "IncomingRequestHTTPPort", Integer.toString(ReservedPort.take()),
                "PidFile", directory.resolve(name + ".pid").toString());
    }

    private static int port(Map<String, String> router) {
        return Integer.parseInt(router.get("IncomingRequestHTTPPort"));
    }

    /** The next one is not stopped before this one has its share of the users again. */
    private void restart(LocalSystem system, String name, Map<String, String> settings) throws IOException {
        CommandRun stop = system.stopCommand(settings);
        assertEquals(0, stop.exitCode(), stop.output());
        Service again = keep(system.startRouter(name, settings));
        String unused = StandaloneRouter.url(again);
        Await.until("it serves again", () -> again.readLog().contains(SERVES));
    }

    private static boolean answers(String url) {
        try (RawUser user = RawUser.connect(URI.create(url).getPort())) {
            return user.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n")
                            .readHead()
                            .status()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
