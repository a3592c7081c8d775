package io.lambdadispatch.client.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the kernel says of a process: {@code /proc/…/stat}, see proc_pid_stat(5).
 *
 * @param state one letter
 * @param flags the kernel's marks
 * @param threads how many threads it has left
 */
record ProcessStat(char state, long flags, int threads) {
    // Fields, counted from the one behind the name.
    private static final int STATE = 0;
    private static final int FLAGS = 6;
    private static final int THREADS = 17;

    private static final char ZOMBIE = 'Z';

    /** The mark of a thread that is on its way out. */
    private static final int EXITING = 0x4;

    /** Empty when the process has ended, or the machine has no such files. */
    static Optional<ProcessStat> of(ProcessHandle process) {
        try {
            return Optional.of(
                    parse(Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"), ISO_8859_1)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static ProcessStat parse(String text) {
        // The name may hold spaces and brackets.
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
        return new ProcessStat(
                fields[STATE].charAt(0), Long.parseLong(fields[FLAGS]), Integer.parseInt(fields[THREADS]));
    }

    /** Whether nothing but its remains are left: where this client is the first process there may be nobody who buries them. */
    boolean isZombie() {
        return state == ZOMBIE;
    }

    /** Whether it still is, and is ending. Of a process with many threads the first one may have ended before the others. */
    boolean isExiting() {
        return (flags & EXITING) != 0 && (!isZombie() || threads > 1);
    }
}
