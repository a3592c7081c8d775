package io.lambdadispatch.benchmarks.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Programs that end by themselves. */
public final class Commands {
    private Commands() {}

    /** What it writes; fails with it when the program fails. */
    public static String run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " ended with " + process.exitValue() + ": " + text);
        }
        return text;
    }
}
