package io.lambdadispatch.local.environment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGSTOP and SIGCONT, which Java cannot send. A shell sends them, started when the first one is needed. With each it is
 * told whoever is stopped now; when the pipe to it ends, because local-lambda has, in whatever way, it lets all of those
 * go on. So nobody is left behind who could not even notice that he is.
 *
 * <p>Safe for use by threads; takes some 100 µs, the start of the shell milliseconds, so not for I/O threads.
 */
final class StopSignals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
    private static final long LONGEST_END_S = 5;

    /** Ctrl-C in a terminal goes to this shell, too; it has to outlive the processes that are stopped. */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            all=
            while IFS=: read -r signal pids stopped; do
              all=$stopped
              kill -s "$signal" $pids
              echo
            done
            kill -s CONT $all
            """;

    private final Set<Long> stopped = new LinkedHashSet<>();
    private Process shell;
    private Writer commands;
    private BufferedReader acknowledgements;
    private boolean closed;

    /** When this returns, they are stopped, apart from those who are gone. Does nothing after {@link #close}. */
    synchronized void stop(Collection<ProcessHandle> processes) {
        processes.forEach(process -> stopped.add(process.pid()));
        send("STOP", processes);
    }

    /** When this returns, they go on. */
    synchronized void resume(Collection<ProcessHandle> processes) {
        processes.forEach(process -> stopped.remove(process.pid()));
        send("CONT", processes);
    }

    private void send(String signal, Collection<ProcessHandle> processes) {
        if (closed || processes.isEmpty()) {
            return;
        }
        try {
            if (shell == null || !shell.isAlive()) {
                start();
            }
            commands.write(signal + ":" + words(processes.stream().map(ProcessHandle::pid)) + ":"
                    + words(stopped.stream()) + "\n");
            commands.flush();
            if (acknowledgements.readLine() == null) {
                throw new IOException("the shell has ended");
            }
        } catch (IOException e) {
            LOG.warn("SIG{} was not sent to {}", signal, processes, e);
        }
    }

    private void start() throws IOException {
        shell = new ProcessBuilder("sh", "-c", SCRIPT)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        commands = shell.outputWriter(StandardCharsets.US_ASCII);
        acknowledgements = shell.inputReader(StandardCharsets.US_ASCII);
    }

    private static String words(Stream<Long> pids) {
        return pids.map(String::valueOf).collect(Collectors.joining(" "));
    }

    /** Lets all go on who are stopped, and stops nobody any more. */
    @Override
    public synchronized void close() {
        closed = true;
        if (shell == null) {
            return;
        }
        try {
            commands.close();
            if (!shell.waitFor(LONGEST_END_S, TimeUnit.SECONDS)) {
                LOG.warn("the shell that sends signals does not end");
                shell.destroyForcibly();
            }
        } catch (IOException e) {
            LOG.debug("the shell that sends signals had ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
