package io.lambdadispatch.local.environment;

import java.util.function.BooleanSupplier;

/**
 * Keeps the processes of an environment stopped or running, as its books say. Whoever changes the books calls {@link
 * #settle} after; the last call finds the last wish, in whatever order threads get here.
 */
final class Freezer {
    private final EnvironmentProcess process;
    private final StopSignals signals;
    private final BooleanSupplier wish;
    private volatile boolean frozen;

    /** @param wish whether the processes are to be stopped; may take the lock of the books */
    Freezer(EnvironmentProcess process, StopSignals signals, BooleanSupplier wish) {
        this.process = process;
        this.signals = signals;
        this.wish = wish;
    }

    /** Takes milliseconds: not for I/O threads. */
    synchronized void settle() {
        boolean wished = wish.getAsBoolean();
        if (wished && !frozen) {
            frozen = process.stop(signals);
        } else if (!wished && frozen) {
            process.resume(signals);
            frozen = false;
        }
    }

    boolean isFrozen() {
        return frozen;
    }
}
