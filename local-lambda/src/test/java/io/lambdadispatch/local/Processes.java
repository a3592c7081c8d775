package io.lambdadispatch.local;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether processes run. */
final class Processes {
    private Processes() {}

    static void awaitGone(long pid) {
        Await.until("process " + pid + " is gone", () -> !isRunning(pid));
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
