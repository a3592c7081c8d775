package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.InvokeReply;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What an environment does around its snapshot, and what environments of one snapshot do not have in common. */
@Tag("processes")
class SnapStartIT {
    private static final int SEED = 7;

    private static SecureRandom restored() throws Exception {
        SecureRandom copy = SecureRandom.getInstance("SHA1PRNG");
        copy.setSeed(SEED);
        return copy;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void environmentsOfOneSnapshotDrawDifferentBytes() throws Exception {
        assertEquals(restored().nextLong(), restored().nextLong(), "without the hook they would not");
        SecureRandom one = restored();
        SecureRandom other = restored();
        SnapStart.renew(one);
        SnapStart.renew(other);
        assertNotEquals(one.nextLong(), other.nextLong());
    }

    /** So that the seed which the hook gives to one object reaches TLS and UUIDs too. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theJvmHasOneGenerator() {
        assertEquals("NativePRNG", new SecureRandom().getAlgorithm());
    }

    private static String serveOne(ClientRig rig) throws Exception {
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        RouterChannel channel = rig.router.nextChannel();
        String answer = channel.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").end().answer();
        assertTrue(answer.endsWith("hello"), answer);
        rig.goAway(invoke);
        String id = channel.request.getFirstHeader("X-Channel-Id").getValue();
        return id.substring(0, "00000000-0000-0000".length());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theHooksLetAnEnvironmentServeOnWithOtherChannelIds() throws Exception {
        try (ClientRig rig = new ClientRig()) {
            String before = serveOne(rig);
            // The AWS runtime client calls them, in whose context is code for its own process only.
            SnapStart hooks = SnapStart.register(rig.handler(), Map.of("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start"));
            hooks.beforeCheckpoint(null);
            hooks.afterRestore(null);
            String after = serveOne(rig);
            assertNotEquals(before, after);
        }
    }
}
