package io.lambdadispatch.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions, as short as possible and as long as a loaded machine may need. */
final class Await {
    static final Duration LONGEST = Duration.ofSeconds(60);

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    static void gone(long pid) {
        until("process " + pid + " is gone", () -> !isRunning(pid));
    }

    /** A dead process that its adoptive parent has not yet collected is dead. */
    static boolean isRunning(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> !isZombie(pid))
                .isPresent();
    }

    /** By SIGSTOP. */
    static boolean isStopped(long pid) {
        return state(pid) == 'T';
    }

    private static boolean isZombie(long pid) {
        return state(pid) == 'Z';
    }

    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return '?';
        }
    }
}
