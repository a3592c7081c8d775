package io.lambdadispatch.benchmarks.system.hop;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results as Markdown. */
final class HopTables {
    private final HopResults results;
    private final StringBuilder text = new StringBuilder();

    private HopTables(HopResults results) {
        this.results = results;
    }

    /** How ours compare with HAProxy's pairs, where both were measured, and a table a workload. */
    static String of(HopResults results) {
        HopTables tables = new HopTables(results);
        tables.ratios();
        results.workloads().forEach(tables::workload);
        return tables.text.toString();
    }

    private void ratios() {
        int start = text.length();
        for (Workload workload : results.workloads()) {
            results.sides(workload).forEach((name, side) -> {
                if (side.kind().isLambdaDispatch()) {
                    results.cheapest(side.kind().peer(), workload).ifPresent(pair -> {
                        Round ours = side.median();
                        row(
                                workload.label(),
                                name,
                                times(ours.cpuMicros(), pair.cpuMicros()),
                                times(ours.requestsPerSecond(), pair.requestsPerSecond()),
                                times(ours.p99Millis(), pair.p99Millis()));
                    });
                }
            });
        }
        if (text.length() > start) {
            text.insert(start, """

                    Beside HAProxy's reverse HTTP pair that takes the least CPU for the workload, with TLS between its hops where ours have it:

                    | | | CPU | requests/s | p99 |
                    | --- | --- | ---: | ---: | ---: |
                    """);
        }
    }

    private void workload(Workload workload) {
        text.append("\n**").append(workload.label()).append("**\n\n");
        text.append(
                "| | requests/s | p50 | p99 | CPU a request, hops only | by hop | router's heap a request | errors |\n");
        text.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        results.sides(workload).forEach((name, side) -> {
            Round median = side.median();
            row(
                    name,
                    format("%,.0f", median.requestsPerSecond()),
                    format("%.2f ms", median.p50Millis()),
                    format("%.2f ms", median.p99Millis()),
                    micros(median.cpuMicros()) + " us",
                    median.hopMicros().size() > 1
                            ? median.hopMicros().stream().map(HopTables::micros).collect(Collectors.joining(" + "))
                            : "",
                    Double.isNaN(median.heapBytes()) ? "" : format("%,.0f", median.heapBytes()),
                    Long.toString(median.errors()));
        });
    }

    private void row(String... cells) {
        text.append(List.of(cells).stream().collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private static String times(double ours, double theirs) {
        return format("%.2f ×", ours / theirs);
    }

    private static String micros(double micros) {
        return format(micros < 100 ? "%.1f" : "%,.0f", micros);
    }

    private static String format(String pattern, double figure) {
        return String.format(Locale.ROOT, pattern, figure);
    }
}
