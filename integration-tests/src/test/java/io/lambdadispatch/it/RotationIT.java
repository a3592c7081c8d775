package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.testkit.Await;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Instances under steady load reach their deadlines and are replaced, again and again, and no user notices. In the system that this
 * one re-implements, there was a dip meanwhile (its issue 89). How long users wait is compared where nothing else takes time, in the
 * simulation of {@code ScalingDiaryTest}.
 */
@Tag("processes")
class RotationIT {
    /** Clients leave 15 s before their deadline: here 5 s after their start. */
    private static final String FUNCTION_TIMEOUT_S = "20";

    private static final int PER_SECOND = 50;
    private static final int DEADLINES = 3;
    private static final String AT_DEADLINE = "reason=\"SelfDeadline\"";

    @Test
    void noRequestFailsWhileInstancesLeaveAtTheirDeadlines() throws Exception {
        try (LocalSystem system = LocalSystem.named("rotation")
                        .observed()
                        // Kept instances never leave for want of work, so that the deadline is what they leave at.
                        .setting("MinInstances", "2")
                        .setting("MaxInstances", "2")
                        .setting("MaxConcurrentCount", "20")
                        .option("--timeout", FUNCTION_TIMEOUT_S)
                        .option("--concurrency", "8")
                        .start();
                SteadyLoad load = SteadyLoad.start(system.routerUrl(), PER_SECOND)) {
            Telemetry telemetry = system.telemetry();
            Await.until(
                    "some have left at their deadline",
                    () -> telemetry.figure("instance_exits_total", AT_DEADLINE) >= DEADLINES);
            int before = load.ended();
            Await.until("their successors serve", () -> load.ended() > before + PER_SECOND);
            load.stop();
            assertEquals(List.of(), load.failures(), () -> "of " + load.ended());
            assertEquals(0, telemetry.figure("request_retries_total"), "nobody had to be sent again");
        }
    }
}
