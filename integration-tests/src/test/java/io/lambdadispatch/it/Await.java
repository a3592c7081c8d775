package io.lambdadispatch.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition instead of for a time; the limit is only there to end a test that has failed. */
final class Await {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Await() {}

    /** The first value that is not {@code null}. */
    static <T> T value(String what, Callable<T> look) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() - deadline < 0) {
            T value = call(look);
            if (value != null) {
                return value;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new AssertionError("not within " + LIMIT + ": " + what);
    }

    static void until(String what, Callable<Boolean> condition) {
        Boolean unused = value(what, () -> condition.call() ? Boolean.TRUE : null);
    }

    private static <T> T call(Callable<T> look) {
        try {
            return look.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
