package io.lambdadispatch.benchmarks.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs {@link EngineBenchmark} on one thread and on two, and writes what came out as a Markdown table.
 *
 * <p>Arguments: {@code --out FILE} for the table, then JMH's own options.
 */
public final class EngineReport {
    private static final int FORKS = 2;
    private static final int ITERATIONS = 5;
    private static final TimeValue SECOND = TimeValue.seconds(1);
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private EngineReport() {}

    public static void main(String[] args) throws IOException, RunnerException, CommandLineOptionException {
        boolean isFileGiven = args.length > 1 && args[0].equals("--out");
        Path file = Path.of(isFileGiven ? args[1] : "benchmarks/target/engine.md");
        Options asked =
                new CommandLineOptions(Stream.of(args).skip(isFileGiven ? 2 : 0).toArray(String[]::new));
        List<RunResult> results = Stream.concat(run(asked, 1), run(asked, 2)).toList();
        Files.writeString(file, table(results));
        System.out.println(file);
    }

    private static Stream<RunResult> run(Options asked, int threads) throws RunnerException {
        Options options = new OptionsBuilder()
                .parent(asked)
                .include(asked.getIncludes().isEmpty() ? EngineBenchmark.class.getName() : "^$")
                .addProfiler(GCProfiler.class)
                .threads(threads)
                .forks(asked.getForkCount().orElse(FORKS))
                .warmupIterations(asked.getWarmupIterations().orElse(ITERATIONS))
                .warmupTime(asked.getWarmupTime().orElse(SECOND))
                .measurementIterations(asked.getMeasurementIterations().orElse(ITERATIONS))
                .measurementTime(asked.getMeasurementTime().orElse(SECOND))
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        return results.stream();
    }

    static String table(List<RunResult> results) {
        String rows = results.stream()
                .sorted(Comparator.comparing(EngineReport::operation)
                        .thenComparing(result -> result.getParams().getThreads())
                        .thenComparing(result -> number(result, "instances"))
                        .thenComparing(result -> number(result, "queued")))
                .map(EngineReport::row)
                .collect(Collectors.joining("\n"));
        return String.join(
                "\n",
                LocalDate.now(ZoneOffset.UTC) + ", Java " + System.getProperty("java.version") + ", "
                        + Runtime.getRuntime().availableProcessors() + " CPUs",
                "",
                "| operation | threads | instances | queued | per second | ± | bytes each |",
                "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
                rows,
                "");
    }

    private static String row(RunResult result) {
        Result<?> rate = result.getPrimaryResult();
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        return String.format(
                Locale.ROOT,
                "| %s | %d | %,d | %,d | %,.0f | %s | %.0f |",
                operation(result),
                result.getParams().getThreads(),
                number(result, "instances"),
                number(result, "queued"),
                rate.getScore(),
                Double.isNaN(rate.getScoreError())
                        ? "–"
                        : String.format(Locale.ROOT, "%.0f %%", 100 * rate.getScoreError() / rate.getScore()),
                allocated.getScore());
    }

    private static String operation(RunResult result) {
        String name = result.getParams().getBenchmark();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Nobody waits where there is no such parameter. */
    private static int number(RunResult result, String parameter) {
        String value = result.getParams().getParam(parameter);
        return value == null ? 0 : Integer.parseInt(value);
    }
}
