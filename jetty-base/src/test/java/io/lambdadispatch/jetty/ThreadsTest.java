package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jetty refuses to start when those that are bound for good are more than its pool has. */
class ThreadsTest {
    private static final int LEAST_CONFIGURED = 8;
    private static final int MOST_CONFIGURED = 1_000;
    private static final int ADMIN_SELECTORS = 1;

    /** Of four ports, the admin port, and those that Jetty reserves: one for each CPU, but a tenth of all at most. */
    private static int bound(Threads threads, int cpus) {
        int reserved = Math.max(1, Math.min(cpus, threads.most() / 10));
        return 2 * threads.usersSelectors() + 2 * threads.instancesSelectors() + ADMIN_SELECTORS + reserved;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8, 16, 64, 192})
    void someAreLeftOnAnyMachine(int cpus) {
        Threads threads = Threads.of(OptionalInt.empty(), cpus);
        assertTrue(bound(threads, cpus) < threads.most(), threads.toString());
        assertEquals(cpus, threads.instancesSelectors());
        for (int configured = LEAST_CONFIGURED; configured <= MOST_CONFIGURED; configured++) {
            Threads fewer = Threads.of(OptionalInt.of(configured), cpus);
            assertEquals(configured, fewer.most());
            assertTrue(bound(fewer, cpus) < configured, fewer + " of " + configured);
            assertTrue(fewer.usersSelectors() > 0 && fewer.instancesSelectors() > 0, fewer.toString());
        }
    }
}
