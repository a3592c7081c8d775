package io.lambdadispatch.local.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How one function is run. Immutable.
 *
 * @param name the function's name, without qualifier
 * @param command the program that speaks the Runtime API, and its arguments
 * @param environment variables beside, and stronger than, those that Lambda sets
 * @param timeout how long one invoke may take, and an initialization too
 * @param memoryMb memory that the function is told it has; nothing enforces it
 * @param concurrency how many invokes may run at once; more are throttled
 */
public record FunctionSettings(
        String name,
        List<String> command,
        Map<String, String> environment,
        Duration timeout,
        int memoryMb,
        int concurrency) {

    /** What AWS allows at most: 15 minutes. */
    public static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(15);

    /** Checks what it is given, copies lists and maps. */
    public FunctionSettings {
        Objects.requireNonNull(name, "name");
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        Objects.requireNonNull(timeout, "timeout");
        if (command.isEmpty()) {
            throw new IllegalArgumentException("function " + name + " needs a command");
        }
        if (concurrency < 0) {
            throw new IllegalArgumentException("concurrency must not be negative: " + concurrency);
        }
    }

    /** A function with AWS's limits: 15 minutes, 1769 MB (one vCPU), 1000 at once. */
    public static FunctionSettings of(String name, List<String> command) {
        return new FunctionSettings(name, command, Map.of(), LONGEST_TIMEOUT, 1769, 1000);
    }

    /** The same with other additional environment variables. */
    public FunctionSettings withEnvironment(Map<String, String> other) {
        return new FunctionSettings(name, command, other, timeout, memoryMb, concurrency);
    }

    /** The same with another time-out. */
    public FunctionSettings withTimeout(Duration other) {
        return new FunctionSettings(name, command, environment, other, memoryMb, concurrency);
    }

    /** The same with another memory size, in MB. */
    public FunctionSettings withMemoryMb(int other) {
        return new FunctionSettings(name, command, environment, timeout, other, concurrency);
    }

    /** The same with another limit of concurrent invokes. */
    public FunctionSettings withConcurrency(int other) {
        return new FunctionSettings(name, command, environment, timeout, memoryMb, other);
    }
}
