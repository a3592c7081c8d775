package io.lambdadispatch.router.engine;

/** Monotonic time. Compare two readings by subtraction only: they may be negative, and may wrap. */
@FunctionalInterface
public interface Clock {
    /** As {@link System#nanoTime()}. */
    long nanoTime();
}
