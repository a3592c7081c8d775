package io.lambdadispatch.client.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.lambdadispatch.client.config.ClientConfig;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The app, when it is this client that starts it: a command for the shell, run where the client runs. What it writes goes to
 * the log line by line. Thread-safe; one thread reads its output.
 */
final class AppProcess {
    private static final Logger LOG = LoggerFactory.getLogger(AppProcess.class);

    /** Where the app is to run, if not where this JVM does: that one runs where its class path is. */
    private static final String DIRECTORY = "lambda.dispatch.directory";

    private static final List<String> JAVA_OPTIONS = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** Longer lines are broken, so that an app which writes no line ends cannot fill the memory. */
    private static final int LONGEST_LINE_BYTES = 64 * 1024;

    /** The last words of an app that died are in the pipe already; a child of it may hold the pipe open for ever. */
    private static final long LAST_WORDS_MILLIS = 500;

    /** From the end of an app to that of the shell that waits for it, on a machine that is busy. */
    private static final long END_IS_SEEN_MILLIS = 2_000;

    private static final long HELPERS_END_MILLIS = 1_000;

    /** Of several processes the end of the last one can only be polled. */
    private static final long LOOK_AGAIN_MILLIS = 5;

    /** A shell reports the death of its child by a signal as 128 and the signal's number, and so does Java. */
    private static final int SIGNALLED = 128;

    // Fields of /proc/…/stat, counted from the one behind the name, and the kernel's mark of a thread that is on its
    // way out.
    private static final int STATE = 0;
    private static final int FLAGS = 6;
    private static final int THREADS = 17;
    private static final int EXITING = 0x4;

    private final Process process;
    private final CompletableFuture<Void> outputEnded = new CompletableFuture<>();
    private final CompletableFuture<AppUnreachableError> death;
    private volatile List<ProcessHandle> members;
    private volatile boolean unwanted;

    private AppProcess(Process process, OutputStream log) {
        this.process = process;
        this.members = List.of(process.toHandle());
        Thread reader = new Thread(() -> copyLines(process.getInputStream(), log), "lambda-dispatch-app-output");
        reader.setDaemon(true);
        reader.start();
        this.death = process.onExit().thenApply(this::deathOf);
    }

    /**
     * Starts it.
     *
     * @param port where it is to listen, told as {@code LAMBDA_DISPATCH_PORT} and {@code PORT}
     * @param log takes its output, each line in one write
     * @throws AppUnreachableError when there is no shell to start it
     */
    static AppProcess start(String command, int port, OutputStream log) {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command).redirectErrorStream(true);
        String directory = System.getProperty(DIRECTORY);
        if (directory != null) {
            builder.directory(new File(directory));
        }
        giveBackJavaOptions(builder.environment());
        builder.environment().put("PORT", Integer.toString(port));
        builder.environment().put(ClientConfig.PREFIX + "PORT", Integer.toString(port));
        try {
            Process process = builder.start();
            // It is asked nothing; who reads its input to the end is to find that end.
            process.getOutputStream().close();
            LOG.debug("app is started: {}", command);
            return new AppProcess(process, log);
        } catch (IOException e) {
            throw new AppUnreachableError("the app cannot be started: " + e.getMessage());
        }
    }

    /** {@code bootstrap} has put aside what every JVM takes, and the client's own must not. */
    static void giveBackJavaOptions(Map<String, String> environment) {
        for (String name : JAVA_OPTIONS) {
            String options = environment.remove(ClientConfig.PREFIX + "APP_" + name);
            if (options != null) {
                environment.put(name, options);
            }
        }
    }

    private void copyLines(InputStream output, OutputStream log) {
        byte[] line = new byte[LONGEST_LINE_BYTES];
        int length = 0;
        try (output) {
            byte[] piece = new byte[8 * 1024];
            for (int size = output.read(piece); size >= 0; size = output.read(piece)) {
                for (int i = 0; i < size; i++) {
                    line[length++] = piece[i];
                    if (piece[i] == '\n' || length == line.length) {
                        write(log, line, length);
                        length = 0;
                    }
                }
            }
        } catch (IOException e) {
            LOG.debug("output of the app", e);
        }
        write(log, line, length);
        outputEnded.complete(null);
    }

    private static void write(OutputStream log, byte[] line, int length) {
        if (length == 0) {
            return;
        }
        boolean ended = line[length - 1] == '\n';
        byte[] whole = ended ? line : Arrays.copyOf(line, length + 1);
        if (!ended) {
            whole[length] = '\n';
        }
        try {
            log.write(whole, 0, ended ? length : length + 1);
            log.flush();
        } catch (IOException e) {
            LOG.debug("log of the app", e);
        }
    }

    private AppUnreachableError deathOf(Process ended) {
        try {
            outputEnded.get(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("the app has left something running that holds its output open");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int code = ended.exitValue();
        String signal = code > SIGNALLED ? " (signal " + (code - SIGNALLED) + ")" : "";
        return new AppUnreachableError("the app ended with exit code " + code + signal);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How it ended; waits for its last words. To be called when {@link #isAlive} says no. */
    AppUnreachableError death() {
        return death.join();
    }

    /** It has been seen to serve: whatever the command has started by now may be what does. */
    void serves() {
        List<ProcessHandle> all = tree();
        members = all;
        // Who only helped it start, such as a script's "sleep", has ended by then.
        CompletableFuture.delayedExecutor(HELPERS_END_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> members = all.stream()
                        .filter(member -> member.pid() == process.pid() || runs(member))
                        .toList());
    }

    /**
     * Whether any part of it that was there when it first served is in the middle of its end. The kernel says so before it closes the
     * first connection of a process that is killed, or exits.
     */
    boolean isEnding() {
        return members.stream().anyMatch(AppProcess::isExiting);
    }

    /**
     * Whether it ends within a moment, or any part of it that was there when it first served: that its connections are closed can
     * be seen before its end can, and the shell or supervisor above it may live on.
     */
    CompletableFuture<Boolean> endsSoon() {
        CompletableFuture<Boolean> ends = new CompletableFuture<>();
        lookForAnEnd(ends, System.nanoTime());
        return ends;
    }

    private void lookForAnEnd(CompletableFuture<Boolean> ends, long since) {
        // Before the look: when this JVM has stood still, the time may be over before it could have seen anything.
        boolean last = System.nanoTime() - since >= TimeUnit.MILLISECONDS.toNanos(END_IS_SEEN_MILLIS);
        if (members.stream().anyMatch(member -> !runs(member))) {
            ends.complete(true);
        } else if (last) {
            ends.complete(false);
        } else {
            CompletableFuture.delayedExecutor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(() -> lookForAnEnd(ends, since));
        }
    }

    private List<ProcessHandle> tree() {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
    }

    /** Tells once how it ended, unless this client wanted it to end. */
    void onDeath(Consumer<AppUnreachableError> told) {
        CompletableFuture<Void> unused = death.thenAccept(error -> {
            if (!unwanted) {
                told.accept(error);
            }
        });
    }

    /**
     * SIGTERM to the app and what it has started, for the shell may not pass it on, and may end before them. Returns when all
     * have ended; what has not after {@code longestMillis} is killed.
     */
    void terminate(long longestMillis) {
        unwanted = true;
        // Once their parent has ended nobody can tell any more that they belong to it.
        List<ProcessHandle> all = tree();
        all.forEach(ProcessHandle::destroy);
        try {
            if (!awaitEnd(all, longestMillis)) {
                LOG.warn("the app does not end within {} ms of SIGTERM", longestMillis);
                all.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean awaitEnd(List<ProcessHandle> all, long longestMillis) throws InterruptedException {
        long start = System.nanoTime();
        while (all.stream().anyMatch(AppProcess::runs)) {
            if (System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(longestMillis)) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        }
        return true;
    }

    private static boolean isExiting(ProcessHandle handle) {
        try {
            return isExiting(Files.readString(stat(handle), ISO_8859_1));
        } catch (IOException e) {
            // It has ended.
            return false;
        }
    }

    /**
     * Whether it still is, and not only its remains. Of a process with many threads the first one may have ended before the others.
     *
     * @param stat of {@code /proc}, see proc_pid_stat(5)
     */
    static boolean isExiting(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        boolean isMarked = (Long.parseLong(fields[FLAGS]) & EXITING) != 0;
        return isMarked && (!fields[STATE].equals("Z") || Integer.parseInt(fields[THREADS]) > 1);
    }

    private static Path stat(ProcessHandle handle) {
        return Path.of("/proc", Long.toString(handle.pid()), "stat");
    }

    /** A zombie has ended, but where this client is the first process there may be nobody who buries it. */
    private static boolean runs(ProcessHandle handle) {
        if (!handle.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(stat(handle), ISO_8859_1);
            return !stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
        } catch (IOException e) {
            return handle.isAlive();
        }
    }
}
