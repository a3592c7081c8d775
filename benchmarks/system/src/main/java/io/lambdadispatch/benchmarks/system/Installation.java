package io.lambdadispatch.benchmarks.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Where programs are that no {@link Build} differs in: this project's helpers, and the machine's programs. */
public final class Installation {
    private static final String MORE_PROGRAMS = "/usr/sbin:/usr/local/sbin";

    private Installation() {}

    public static Path localLambda() throws IOException {
        return Build.own().program("local-lambda/target/local-lambda/bin/local-lambda");
    }

    public static Path demoApp() throws IOException {
        return Build.own().program("local-lambda/target/local-lambda/demo/bin/demo-app");
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

    /** The same; tells how to get it when there is none. */
    public static Path require(String name, String variable) throws BenchmarkException {
        return program(name, variable)
                .orElseThrow(() -> new BenchmarkException("no " + name + " found. Debian: apt-get install " + name
                        + "; or " + variable + "=/path/to/" + name));
    }

    private static Stream<Path> directories(String path) {
        return Arrays.stream(path.split(":", -1))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of);
    }
}
