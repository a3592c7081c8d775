package io.lambdadispatch.benchmarks.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Where programs are: this project's, as {@code mvn package} makes them, and the machine's. */
public final class Installation {
    private static final String MORE_PROGRAMS = "/usr/sbin:/usr/local/sbin";

    private Installation() {}

    public static Path router() throws IOException {
        return built("jetty-base/target/lambda-dispatch-router/bin/router");
    }

    /** The bootstrap of the client's package. */
    public static Path client() throws IOException {
        return built("lambda-client/target/lambda-dispatch-client/bootstrap");
    }

    public static Path localLambda() throws IOException {
        return built("local-lambda/target/local-lambda/bin/local-lambda");
    }

    public static Path demoApp() throws IOException {
        return built("local-lambda/target/local-lambda/demo/bin/demo-app");
    }

    private static Path built(String path) throws IOException {
        Path file = root().resolve(path);
        if (!Files.isExecutable(file)) {
            throw new IOException("no " + path + ": mvn package comes first");
        }
        return file;
    }

    /** The project's directory. */
    public static Path root() {
        return Path.of(System.getProperty("project.root", ".")).toAbsolutePath().normalize();
    }

    /** A program by its name, or the file that {@code variable} names, if it is set. */
    public static Optional<Path> program(String name, String variable) {
        String named = System.getenv(variable);
        if (named != null && !named.isEmpty()) {
            return Optional.of(Path.of(named)).filter(Files::isExecutable);
        }
        String path = System.getenv().getOrDefault("PATH", "") + ':' + MORE_PROGRAMS;
        return directories(path)
                .map(directory -> directory.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Stream<Path> directories(String path) {
        return Arrays.stream(path.split(":", -1))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of);
    }
}
