package io.lambdadispatch.benchmarks.system;

import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Runs a benchmark's command line. */
public final class Launch {
    private Launch() {}

    /** Exit status: 0 when all was measured, 1 when something is missing or failed, 2 for bad options. */
    public static int run(Callable<Integer> command, String... args) {
        return new CommandLine(command)
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    Object what = failure instanceof BenchmarkException ? failure.getMessage() : failure;
                    System.err.println(line.getCommandName() + ": " + what);
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }
}
