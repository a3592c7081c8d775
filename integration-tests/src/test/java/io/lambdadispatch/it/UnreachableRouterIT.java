package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/**
 * Instances that start and cannot call back, for a security group or a wrong address. The system that this one re-implements
 * then made 11,000 invokes a minute (its issue 154).
 */
class UnreachableRouterIT {
    private static final int MOST_INVOKES = 12;

    @Test
    void isToldToUsersAtOnceAndCostsFewInvokes() throws Exception {
        try (LocalSystem system = LocalSystem.named("unreachable-router")
                .setting("RouterCallbackHost", "127.0.0.2")
                .setting("IncomingRequestTimeout", "00:00:05")
                .option("--concurrency", "4")
                .start()) {
            HttpResponse<Void> answer = Await.value("a user who is told at once", () -> {
                HttpResponse<Void> next =
                        system.http().send(system.request("/ping").build(), BodyHandlers.discarding());
                return next.statusCode() == 504 ? null : next;
            });
            assertEquals(503, answer.statusCode());
            assertTrue(answer.headers().firstValue("Retry-After").isPresent());
            assertTrue(system.count("attempts") <= MOST_INVOKES, system.stats());
            assertEquals(2, system.routerLog().split("instances cannot be started", -1).length, "told once");
        }
    }
}
