package io.lambdadispatch.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * The child process of one environment, with all that it starts. Its standard input is a pipe that is never written: it
 * ends when this JVM ends, however it does, so that a process which watches it need not survive local-lambda.
 *
 * <p>Safe for use by threads; {@link #terminate()} and {@link #kill()} take milliseconds.
 */
final class EnvironmentProcess {
    private final Process process;
    private final ProcessTree tree;

    private EnvironmentProcess(Process process, ProcessTree tree) {
        this.process = process;
        this.tree = tree;
    }

    /**
     * Starts it.
     *
     * @param variables the whole of its environment
     * @param output the file that takes standard output and standard error
     * @throws IOException when there is no such program, or the machine can start no more
     */
    static EnvironmentProcess start(List<String> command, Map<String, String> variables, Path output)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().clear();
        builder.environment().putAll(variables);
        Process process = builder.start();
        return new EnvironmentProcess(process, ProcessTree.of(process.toHandle(), variables.get(ProcessTree.MARKER)));
    }

    long pid() {
        return process.pid();
    }

    /** Tells {@code exited} the exit value when the root process ends, at once if it has ended. */
    void onExit(IntConsumer exited) {
        CompletableFuture<Void> unused = process.onExit().thenAccept(ended -> exited.accept(ended.exitValue()));
    }

    /** SIGTERM to the whole tree. */
    void terminate() {
        tree.terminate();
    }

    /** SIGKILL to the whole tree, or to what the root process left behind. */
    void kill() {
        tree.kill();
    }
}
