package io.lambdadispatch.it;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Half a gigabyte up and down at once, with {@code -Xmx128m} for the router and for the client. */
@Tag("processes")
class LargeBodyIT {
    private static final long BYTES = 500L * 1024 * 1024;

    @Test
    void aBodyThatFitsIntoNoHeapComesBackUnchanged() throws Exception {
        try (LocalSystem system =
                LocalSystem.named("large-body").forLargeBodies().start()) {
            LargeEcho.assertEchoed(system.routerUrl(), BYTES);
        }
    }
}
