package io.lambdadispatch.local.config;

import io.lambdadispatch.local.LocalLambda;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one {@link LocalLambda} is started with. Immutable; {@link #of} gives defaults, the {@code with…} methods change
 * one thing.
 *
 * @param host the address that the Invoke API listens on
 * @param port the port of the Invoke API; 0 takes any free one
 * @param functions the functions, by name
 * @param coldStartDelay waited before the process of a new environment is started, as if its code were fetched
 * @param idleTimeout how long an environment may stand idle before it is shut down
 * @param freezeIdle whether the processes of an idle environment are stopped until its next invoke comes, as AWS does
 * @param logDirectory where the output of each environment is kept; none: a temporary one, removed at the end
 * @param showOutput whether the output of the environments is copied to standard output
 */
public record LocalLambdaSettings(
        String host,
        int port,
        Map<String, FunctionSettings> functions,
        Duration coldStartDelay,
        Duration idleTimeout,
        boolean freezeIdle,
        Optional<Path> logDirectory,
        boolean showOutput) {

    /** Copies the map, keeps its order. */
    public LocalLambdaSettings {
        functions = Map.copyOf(functions);
    }

    /** Any free port on 127.0.0.1, no extra cold start delay, five minutes of idling, nothing frozen, output shown. */
    public static LocalLambdaSettings of(FunctionSettings... functions) {
        return new LocalLambdaSettings(
                        "127.0.0.1", 0, Map.of(), Duration.ZERO, Duration.ofMinutes(5), false, Optional.empty(), true)
                .withFunctions(List.of(functions));
    }

    /** The same with these functions. */
    public LocalLambdaSettings withFunctions(List<FunctionSettings> others) {
        Map<String, FunctionSettings> byName = new LinkedHashMap<>();
        others.forEach(function -> byName.put(function.name(), function));
        return new LocalLambdaSettings(
                host, port, byName, coldStartDelay, idleTimeout, freezeIdle, logDirectory, showOutput);
    }

    /** The same listening elsewhere. */
    public LocalLambdaSettings withAddress(String otherHost, int otherPort) {
        return new LocalLambdaSettings(
                otherHost, otherPort, functions, coldStartDelay, idleTimeout, freezeIdle, logDirectory, showOutput);
    }

    /** The same with another cold start delay. */
    public LocalLambdaSettings withColdStartDelay(Duration other) {
        return new LocalLambdaSettings(host, port, functions, other, idleTimeout, freezeIdle, logDirectory, showOutput);
    }

    /** The same with another idle time-out. */
    public LocalLambdaSettings withIdleTimeout(Duration other) {
        return new LocalLambdaSettings(
                host, port, functions, coldStartDelay, other, freezeIdle, logDirectory, showOutput);
    }

    /** The same with idle environments frozen or not. */
    public LocalLambdaSettings withFreezeIdle(boolean other) {
        return new LocalLambdaSettings(
                host, port, functions, coldStartDelay, idleTimeout, other, logDirectory, showOutput);
    }

    /** The same with the environments' output kept in {@code directory}. */
    public LocalLambdaSettings withLogDirectory(Path directory) {
        return new LocalLambdaSettings(
                host, port, functions, coldStartDelay, idleTimeout, freezeIdle, Optional.of(directory), showOutput);
    }

    /** The same with the environments' output shown or not. */
    public LocalLambdaSettings withShowOutput(boolean other) {
        return new LocalLambdaSettings(
                host, port, functions, coldStartDelay, idleTimeout, freezeIdle, logDirectory, other);
    }
}
