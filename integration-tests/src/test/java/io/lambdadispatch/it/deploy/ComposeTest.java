package io.lambdadispatch.it.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.LocalTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docker/compose.yaml}: who may reach the router, and the time that it has to leave. */
class ComposeTest {
    private static final Pattern SHUTDOWN_TIMEOUT = Pattern.compile("(?m)^\\| `ShutdownTimeout` \\| `([\\d:]+)`");

    /** For what a router does beside draining and finishing; docs/operations.md. */
    private static final int REST_S = 10;

    private static Node router;

    @BeforeAll
    static void read() throws IOException {
        router = Node.read(Project.file("docker/compose.yaml")).at("services", "router");
    }

    @Test
    void aRouterHasTheTimeToLeave() throws IOException {
        for (String setting : List.of("DrainDelay", "ShutdownTimeout")) {
            assertFalse(router.at("environment").has("LAMBDA_DISPATCH_" + setting), "its default counts");
        }
        Matcher timeout = SHUTDOWN_TIMEOUT.matcher(Files.readString(Project.file("docs/configuration.md")));
        assertTrue(timeout.find());
        String grace = router.at("stop_grace_period").text();
        assertTrue(grace.matches("\\d+s"), grace);
        assertTrue(
                Integer.parseInt(grace.replace("s", ""))
                        > LocalTime.parse(timeout.group(1)).toSecondOfDay() + REST_S,
                grace);
    }

    @Test
    void onlyThisMachineReachesUsersPortsAndNobodyTheOthers() {
        assertEquals(
                List.of("127.0.0.1:5001:5001", "127.0.0.1:5002:5002"),
                router.at("ports").value());
    }
}
