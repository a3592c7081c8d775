package io.lambdadispatch.it;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A process that runs until it is ended, and says in its log when it is ready. */
final class Service implements AutoCloseable {
    private static final long TERM_LIMIT_S = 150;
    private static final long DUMP_S = 2;

    private final String name;
    private final Process process;
    private final Path log;

    private Service(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    static Service start(String name, List<String> command, Map<String, String> environment, Path logs)
            throws IOException {
        Path log = logs.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return new Service(name, builder.start(), log);
    }

    /** The first group of the first line that matches. */
    String awaitLine(Pattern pattern) {
        return Await.value(name + " says " + pattern, () -> {
            if (!process.isAlive()) {
                throw new AssertionError(name + " ended with " + process.exitValue() + ": " + readLog());
            }
            Matcher matcher = pattern.matcher(readLog());
            return matcher.find() ? matcher.group(1) : null;
        });
    }

    String readLog() throws IOException {
        return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** SIGTERM; the exit code. */
    int end() {
        process.destroy();
        return awaitEnd();
    }

    /** A signal by its name, such as {@code INT}. */
    void signal(String signal) throws IOException {
        CommandRun kill = CommandRun.of(List.of("kill", "-" + signal, Long.toString(pid())), Map.of());
        if (kill.exitCode() != 0) {
            throw new IOException(kill.output());
        }
    }

    /** The exit code, once it has ended. */
    int awaitEnd() {
        try {
            if (!process.waitFor(TERM_LIMIT_S, TimeUnit.SECONDS)) {
                dumpThreads();
                throw new AssertionError(name + " does not end; what its threads do is in " + log);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Into its log, as any JVM does on SIGQUIT. */
    private void dumpThreads() throws InterruptedException {
        try {
            signal("QUIT");
            boolean unused = process.waitFor(DUMP_S, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try (Stream<ProcessHandle> descendants = process.descendants()) {
            List<ProcessHandle> left = descendants.toList();
            process.destroy();
            if (!process.waitFor(TERM_LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            left.forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
