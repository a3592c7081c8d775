package io.lambdadispatch.local.environment;

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
 * <p>Safe for use by threads; all but {@link #pid()} take milliseconds and are not for I/O threads.
 */
final class EnvironmentProcess {
    private Process process;
    private ProcessTree tree;
    private boolean unwanted;

    /**
     * Starts it, once; it is killed at once when it has been ended before.
     *
     * @param variables the whole of its environment
     * @param output the file that takes standard output and standard error
     * @param exited told the exit value when the root process ends
     * @throws IOException when there is no such program, or the machine can start no more
     */
    void start(List<String> command, Map<String, String> variables, Path output, IntConsumer exited)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().clear();
        builder.environment().putAll(variables);
        Process started = builder.start();
        boolean tooLate;
        synchronized (this) {
            process = started;
            tree = ProcessTree.of(started.toHandle(), variables.get(ProcessTree.MARKER));
            tooLate = unwanted;
        }
        CompletableFuture<Void> unused = started.onExit().thenAccept(ended -> exited.accept(ended.exitValue()));
        if (tooLate) {
            kill();
        }
    }

    /** Process id of the root, 0 before the start. */
    synchronized long pid() {
        return process == null ? 0 : process.pid();
    }

    /** Should it start after this, it is killed at once; what runs is left to the caller. */
    synchronized void refuseStart() {
        unwanted = true;
    }

    /** SIGTERM to the whole tree. */
    void terminate() {
        ProcessTree unwantedTree = treeNoLongerWanted();
        if (unwantedTree != null) {
            unwantedTree.terminate();
        }
    }

    /** SIGKILL to the whole tree, or to what the root process left behind. */
    void kill() {
        ProcessTree unwantedTree = treeNoLongerWanted();
        if (unwantedTree != null) {
            unwantedTree.kill();
        }
    }

    /**
     * SIGSTOP to the whole tree.
     *
     * @return false when there is none, yet or any more
     */
    boolean stop(StopSignals signals) {
        ProcessTree present = tree();
        return present != null && present.stop(signals);
    }

    /** SIGCONT to those that were stopped. */
    void resume(StopSignals signals) {
        ProcessTree present = tree();
        if (present != null) {
            present.resume(signals);
        }
    }

    private synchronized ProcessTree tree() {
        return tree;
    }

    private synchronized ProcessTree treeNoLongerWanted() {
        unwanted = true;
        return tree;
    }
}
