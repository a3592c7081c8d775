package io.lambdadispatch.benchmarks.system;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process of a benchmark. It ends when it is closed, and when this JVM ends, be it by Ctrl-C. Safe for use by threads.
 */
public final class Service implements AutoCloseable {
    private static final long END_LIMIT_S = 20;

    private static final Set<Service> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> List.copyOf(RUNNING).forEach(Service::close), "end-services"));
    }

    private final String name;
    private final Process process;
    private final Path log;

    private Service(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param environment variables beside those of this JVM
     * @param logs directory for what it writes
     */
    public static Service start(String name, List<String> command, Map<String, String> environment, Path logs)
            throws IOException {
        Path log = logs.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Service service = new Service(name, builder.start(), log);
        RUNNING.add(service);
        return service;
    }

    /** Its process and all that this one has started. */
    public Processes processes() {
        return Processes.under(process.toHandle());
    }

    public long pid() {
        return process.pid();
    }

    /** The first group of the first line of its log that matches; waits for it. */
    public String awaitLine(Pattern pattern) throws IOException, InterruptedException {
        Await.until(name + " says " + pattern, () -> {
            // Asked first, for it may say it with its last breath.
            boolean alive = process.isAlive();
            boolean said = pattern.matcher(log()).find();
            if (!said && !alive) {
                requireAlive();
            }
            return said;
        });
        Matcher matcher = pattern.matcher(log());
        return matcher.find() ? matcher.group(1) : "";
    }

    /** Tells what its log has when it has ended by itself. */
    public void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " ended with " + process.exitValue() + ": " + log());
        }
    }

    /** All that it has written. */
    public String log() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    /** SIGTERM; SIGKILL, for all that it has started as well, when that is not enough. */
    @Override
    public void close() {
        if (!RUNNING.remove(this)) {
            return;
        }
        List<ProcessHandle> family = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(END_LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }
}
