package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.BarChart;
import io.lambdadispatch.benchmarks.system.BarChart.Bar;
import io.lambdadispatch.benchmarks.system.BarChart.Panel;
import io.lambdadispatch.benchmarks.system.Median;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** All rounds, and what to make of them. */
final class HopResults {
    private final Map<Workload, Map<String, List<Round>>> rounds = new LinkedHashMap<>();

    void add(Workload workload, Side side, Round round) {
        rounds.computeIfAbsent(workload, unused -> new LinkedHashMap<>())
                .computeIfAbsent(side.name(), unused -> new ArrayList<>())
                .add(round);
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return Median.of(rounds.stream().mapToDouble(figure));
    }

    /** A table a workload, each figure the median of all rounds; errors are those of all rounds together. */
    String toMarkdown() {
        StringBuilder text = new StringBuilder();
        rounds.forEach((workload, sides) -> {
            text.append("\n**").append(workload.label()).append("**\n\n");
            text.append("| | requests/s | p50 | p99 | CPU a request, hops only | errors |\n");
            text.append("| --- | --- | --- | --- | --- | --- |\n");
            sides.forEach((side, all) -> text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %.2f ms | %.2f ms | %,.0f us | %d |%n",
                    side,
                    median(all, Round::requestsPerSecond),
                    median(all, Round::p50Millis),
                    median(all, Round::p99Millis),
                    median(all, Round::cpuMicros),
                    all.stream().mapToLong(Round::errors).sum())));
        });
        return text.toString();
    }

    String cpuChart() {
        return chart("CPU a request of the hops' own processes, us (less is better)", Round::cpuMicros);
    }

    String throughputChart() {
        return chart("Requests a second (more is better)", Round::requestsPerSecond);
    }

    String tailChart() {
        return chart("99th percentile of latency, ms (less is better)", Round::p99Millis);
    }

    private String chart(String title, ToDoubleFunction<Round> figure) {
        List<Panel> panels = new ArrayList<>();
        rounds.forEach((workload, sides) -> {
            List<Bar> bars = new ArrayList<>();
            sides.forEach((side, all) -> bars.add(new Bar(side, median(all, figure), side.startsWith("Lambda"))));
            panels.add(new Panel(workload.label(), bars));
        });
        return new BarChart(title, panels).toSvg();
    }
}
