package io.lambdadispatch.benchmarks.system;

import java.io.IOException;
import java.time.Duration;

/** Waits for what takes a while to become true. */
public final class Await {
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final long POLL_MS = 20;

    /** Looked at again and again. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private Await() {}

    /** @param what is waited for, in words, for the exception when it does not come */
    public static void until(String what, Condition condition) throws IOException, InterruptedException {
        long began = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - began > LONGEST.toNanos()) {
                throw new IOException("waited in vain: " + what);
            }
            Thread.sleep(POLL_MS);
        }
    }
}
