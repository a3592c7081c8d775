package io.lambdadispatch.client.app;

import io.lambdadispatch.client.config.ClientConfig;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
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

    /** The last words of an app that died are in the pipe already; a child of it may hold the pipe open for ever. */
    private static final long LAST_WORDS_MILLIS = 500;

    /** A shell reports the death of its child by a signal as 128 and the signal's number, and so does Java. */
    private static final int SIGNALLED = 128;

    private final Process process;
    private final ProcessTree tree;
    private final AppOutput output;
    private final CompletableFuture<AppUnreachableError> death;
    private volatile boolean unwanted;

    private AppProcess(Process process, OutputStream log) {
        this.process = process;
        this.tree = new ProcessTree(process.toHandle());
        this.output = AppOutput.copy(process.getInputStream(), log);
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

    private AppUnreachableError deathOf(Process ended) {
        output.awaitEnd(LAST_WORDS_MILLIS);
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
        tree.serves();
    }

    /** Whether any part of it that was there when it first served is in the middle of its end. */
    boolean isEnding() {
        return tree.isEnding();
    }

    /** Whether it ends within a moment, or any part of it that was there when it first served. */
    CompletableFuture<Boolean> endsSoon() {
        return tree.endsSoon();
    }

    /** Tells once how it ended, unless this client wanted it to end. */
    void onDeath(Consumer<AppUnreachableError> told) {
        CompletableFuture<Void> unused = death.thenAccept(error -> {
            if (!unwanted) {
                told.accept(error);
            }
        });
    }

    /** SIGTERM to the app and what it has started, and a wait for the end of all; what has not ended by then is killed. */
    void terminate(long longestMillis) {
        unwanted = true;
        try {
            if (!tree.terminate(longestMillis)) {
                LOG.warn("the app did not end within {} ms of SIGTERM, and is killed", longestMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
