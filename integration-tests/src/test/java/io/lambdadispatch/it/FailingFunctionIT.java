package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A function that cannot be started, for each reason that there is: users are told soon, few invokes are made, the reason is told
 * once, and when it is gone, users are served again.
 */
@Tag("processes")
class FailingFunctionIT {
    /** The system that this one re-implements made 11,000 a minute when instances could not call back (its issue 154). */
    private static final int MOST_INVOKES = 12;

    @Test
    void eachReasonIsToldAndRecoveredFrom() throws Exception {
        try (LocalSystem system = LocalSystem.named("failing-function")
                .setting("IncomingRequestTimeout", "00:00:02")
                // Longer than a start takes that is to fail for another reason.
                .setting("InstanceStartTimeout", "00:00:20")
                .option("--idle-timeout", "1")
                .option("--timeout", "60")
                .start()) {
            assertFailsAndRecovers(system, "{\"refuse\":\"AccessDeniedException\"}", "ACCESS_DENIED");
            assertFailsAndRecovers(system, "{\"refuse\":\"ResourceNotFoundException\"}", "NOT_FOUND");
            assertFailsAndRecovers(system, "{\"refuse\":\"CallerRateLimitExceeded\"}", "THROTTLED");
            assertFailsAndRecovers(system, "{\"error\":true}", "FUNCTION_ERROR");
            assertFailsAndRecovers(system, "{\"crashDuringInit\":true}", "FUNCTION_ERROR");
            // The last one, because what hangs goes on to hang. It takes an InstanceStartTimeout to be noticed.
            assertFailsAndRecovers(system, "{\"hangAfterMs\":0}", "NOT_CALLED_BACK");
        }
    }

    private static void assertFailsAndRecovers(LocalSystem system, String faults, String reason) throws Exception {
        // An environment of before, that idles, would serve in spite of what is wrong with new ones.
        Await.until("no environment is left", () -> system.count("environments") == 0);
        long before = system.count("attempts");
        int told = occurrences(system, reason);
        system.faults(faults);
        assertIsToldAtOnce(system);
        assertTrue(system.count("attempts") - before <= MOST_INVOKES, () -> faults + " costs too many invokes");
        Await.until(faults + " is told", () -> occurrences(system, reason) > told);
        assertEquals(told + 1, occurrences(system, reason), () -> faults + " is told once");
        system.clearFaults();
        Await.until("users are served again", () -> statusOf(system) == 200);
    }

    private static int occurrences(LocalSystem system, String reason) throws IOException {
        return system.routerLog().split("ever more seldom: " + reason, -1).length - 1;
    }

    /** The function starts, but a security group or a wrong address is in the way. */
    @Test
    void instancesThatCannotCallBack() throws Exception {
        try (LocalSystem system = system("unreachable-router").start()) {
            assertIsToldAtOnce(system);
            assertTrue(system.count("attempts") <= MOST_INVOKES, system.stats());
            assertTrue(system.routerLog().contains("RouterUnreachable"), system.routerLog());
        }
    }

    /** Where they call back, somebody else answers: a router that is not the one of their invoke. */
    @Test
    void instancesThatDoNotTrustWhoAnswers() throws Exception {
        int port = ReservedPort.take();
        try (LocalSystem system = system("other-router")
                        .setting("ControlChannelHTTP2Port", Integer.toString(port))
                        .start();
                Service other = system.startRouter("the-other-router", Map.of("BindAddress", "127.0.0.2"))) {
            StandaloneRouter.url(other);
            assertIsToldAtOnce(system);
            assertTrue(system.count("attempts") <= MOST_INVOKES, system.stats());
            assertTrue(system.routerLog().contains("RouterConnectionError"), system.routerLog());
        }
    }

    private static LocalSystem.Builder system(String name) {
        return LocalSystem.named(name)
                .setting("RouterCallbackHost", "127.0.0.2")
                .setting("IncomingRequestTimeout", "00:00:02");
    }

    /** Sooner or later nobody is let in to wait in vain. */
    private static void assertIsToldAtOnce(LocalSystem system) {
        HttpResponse<Void> answer = Await.value("a user who is told at once", () -> {
            HttpResponse<Void> next = send(system);
            return next.statusCode() == 504 ? null : next;
        });
        assertEquals(503, answer.statusCode());
        assertTrue(answer.headers().firstValue("Retry-After").isPresent());
    }

    private static int statusOf(LocalSystem system) throws IOException, InterruptedException {
        return send(system).statusCode();
    }

    private static HttpResponse<Void> send(LocalSystem system) throws IOException, InterruptedException {
        return system.http().send(system.request("/ping").build(), BodyHandlers.discarding());
    }
}
