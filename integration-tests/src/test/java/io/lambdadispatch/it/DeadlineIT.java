package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.RawUser;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The deadline of an instance in the middle of a request that streams both ways. In the system that this one re-implements such
 * requests hung there (its issue 88).
 */
@Tag("processes")
class DeadlineIT {
    /** Clients leave 15 s before their deadline: here 5 s after the start. Lambda's own is later, in case one stands still for a second. */
    private static final String DEADLINE = "LAMBDA_DISPATCH_FORCE_DEADLINE=20";

    private static final String FUNCTION_TIMEOUT_S = "60";

    @Test
    void aDuplexRequestGoesOnWhileItsInstanceLeavesAndBreaksOffVisiblyAtTheDeadline() throws Exception {
        try (LocalSystem system = LocalSystem.named("deadline")
                        .option("--env", DEADLINE)
                        .option("--timeout", FUNCTION_TIMEOUT_S)
                        .option("--concurrency", "4")
                        .start();
                RawUser user = system.user()) {
            user.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            user.sendChunk("begun");
            assertEquals(200, user.readHead().status());
            assertEquals("begun", user.readChunk());
            system.awaitInLog("is draining");
            user.sendChunk("while it leaves");
            assertEquals("while it leaves", user.readChunk());
            assertEquals(
                    200,
                    system.http()
                            .send(system.request("/ping").build(), BodyHandlers.discarding())
                            .statusCode(),
                    "another one serves");
            assertFalse(user.readToEnd().endsWith("0\r\n\r\n"), "never a clean end");
            system.awaitNoneBusy();
            assertTrue(system.routerLog().contains("SelfDeadline"), system.routerLog());
        }
    }
}
