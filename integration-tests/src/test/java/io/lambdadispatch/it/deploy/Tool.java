package io.lambdadispatch.it.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program that the project can do without.
 *
 * @param program its path
 */
record Tool(String program) {
    /** One that {@code deploy/lint-tools} installs: another version may judge otherwise. Skips the test where it is not. */
    static Tool linter(String name, String... probe) {
        return available(Project.file("target/lint/bin/" + name).toString(), probe);
    }

    /** One in the {@code PATH}. Skips the test where it is not to be had. */
    static Tool named(String name, String... probe) {
        return available(name, probe);
    }

    private static Tool available(String program, String... probe) {
        return Stream.of(new Tool(program))
                .filter(tool -> tool.answers(probe))
                .findFirst()
                .orElseGet(() -> abort(
                        "there is no " + program + " here; deploy/lint-tools installs the linters, but no kubectl"));
    }

    /** Whether it is there, and does more than to say that it is not. */
    private boolean answers(String... probe) {
        return start(probe).map(output -> output.exitCode() == 0).orElse(false);
    }

    /** What it prints; it must succeed. */
    String run(String... arguments) {
        Output output = start(arguments).orElseThrow();
        assertEquals(0, output.exitCode(), output::text);
        return output.text();
    }

    private record Output(int exitCode, String text) {}

    private Optional<Output> start(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Path.of(Project.root().toString()).toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Optional.of(new Output(process.waitFor(), text));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
