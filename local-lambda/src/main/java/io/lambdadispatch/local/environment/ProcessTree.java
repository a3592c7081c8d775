package io.lambdadispatch.local.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A process and all that it started. Descendants are told by the parent links and, where there is a {@code /proc}, by an
 * environment variable that all inherit: when a process in the middle of the tree has died, the links above it are lost,
 * and the variable still finds what is left.
 *
 * <p>All methods read the process table, which takes milliseconds: not for I/O threads.
 */
final class ProcessTree {
    /** The variable by which processes are known as those of one environment of one local-lambda. */
    static final String MARKER = "LOCAL_LAMBDA_ENVIRONMENT";

    private static final Path PROC = Path.of("/proc");
    private static final int PASSES = 5;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final Optional<ProcessHandle> root;
    private final String mark;
    private final Set<ProcessHandle> known = new LinkedHashSet<>();
    private final Set<ProcessHandle> stopped = new LinkedHashSet<>();

    private ProcessTree(Optional<ProcessHandle> root, String mark) {
        this.root = root;
        this.mark = MARKER + "=" + mark;
    }

    static ProcessTree of(ProcessHandle root, String mark) {
        return new ProcessTree(Optional.of(root), mark);
    }

    /** Whether {@link #endAll} can work on this operating system. */
    static boolean marksAreVisible() {
        return Files.isDirectory(PROC);
    }

    /**
     * SIGTERM to all processes whose mark starts with {@code mark}, whoever started them, and SIGKILL to those that are
     * left after {@code grace}; returns when they are gone. One look at the process table serves them all.
     */
    static void endAll(String mark, Duration grace) {
        Set<ProcessHandle> seen = new LinkedHashSet<>(allMarked(mark));
        seen.forEach(ProcessHandle::destroy);
        awaitNone(mark, seen, grace, process -> {});
        awaitNone(mark, seen, LONGEST_WAIT, ProcessHandle::destroyForcibly);
    }

    /** One that dies has lost its mark a moment before it is dead: those that have been {@code seen} count until then. */
    private static void awaitNone(
            String mark, Set<ProcessHandle> seen, Duration longest, Consumer<ProcessHandle> action) {
        long deadline = System.nanoTime() + longest.toNanos();
        while (isAnyLeft(mark, seen) && System.nanoTime() < deadline) {
            seen.forEach(action);
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private static boolean isAnyLeft(String mark, Set<ProcessHandle> seen) {
        seen.addAll(allMarked(mark));
        seen.removeIf(process -> !process.isAlive() || isDead(process.pid()));
        return !seen.isEmpty();
    }

    /** Whether it has ended and only waits to be collected, which its adoptive parent may never do. */
    private static boolean isDead(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            // The name before it stands in parentheses, and may have some of its own.
            return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static Set<ProcessHandle> allMarked(String mark) {
        ProcessTree all = new ProcessTree(Optional.empty(), mark);
        all.addMarked();
        return all.known;
    }

    /** SIGTERM to every process of the tree. */
    synchronized void terminate() {
        members().forEach(ProcessHandle::destroy);
    }

    /** SIGKILL to every process of the tree. */
    synchronized void kill() {
        Set<ProcessHandle> unused = reachAll(fresh -> fresh.forEach(ProcessHandle::destroyForcibly));
    }

    /**
     * SIGSTOP to every process of the tree.
     *
     * @return false when there is none
     */
    synchronized boolean stop(StopSignals signals) {
        stopped.addAll(reachAll(signals::stop));
        return !stopped.isEmpty();
    }

    /** SIGCONT to those that were stopped. */
    synchronized void resume(StopSignals signals) {
        signals.resume(stopped);
        stopped.clear();
    }

    /** Does {@code action} to all, the root first, and again until no new ones are found that were started meanwhile. */
    private Set<ProcessHandle> reachAll(Consumer<Set<ProcessHandle>> action) {
        Set<ProcessHandle> reached = new LinkedHashSet<>();
        for (int pass = 0; pass < PASSES; pass++) {
            Set<ProcessHandle> fresh = members();
            fresh.removeAll(reached);
            if (fresh.isEmpty()) {
                break;
            }
            action.accept(fresh);
            reached.addAll(fresh);
        }
        return reached;
    }

    private Set<ProcessHandle> members() {
        root.ifPresent(known::add);
        for (ProcessHandle process : Set.copyOf(known)) {
            process.descendants().forEach(known::add);
        }
        addMarked();
        known.removeIf(process -> !process.isAlive());
        return new LinkedHashSet<>(known);
    }

    private void addMarked() {
        if (!marksAreVisible()) {
            return;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (isMarked(process)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(known::add);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The parent links remain.
            return;
        }
    }

    private boolean isMarked(Path process) {
        try {
            String variables = Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
            return variables.startsWith(mark) || variables.contains('\0' + mark);
        } catch (IOException e) {
            // Gone meanwhile, or not ours to read.
            return false;
        }
    }
}
