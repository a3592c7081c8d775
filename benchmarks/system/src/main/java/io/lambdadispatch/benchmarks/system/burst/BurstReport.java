package io.lambdadispatch.benchmarks.system.burst;

import io.lambdadispatch.benchmarks.system.BarChart;
import io.lambdadispatch.benchmarks.system.BarChart.Bar;
import io.lambdadispatch.benchmarks.system.BarChart.Panel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Tables and charts of all bursts. */
final class BurstReport {
    private final Map<String, List<BurstResult>> cases = new LinkedHashMap<>();
    private final Prices prices;
    private final int memoryMb;
    private final int requests;

    BurstReport(List<BurstResult> results, Prices prices, int memoryMb, int requests) {
        results.forEach(
                result -> cases.computeIfAbsent(result.app() + ": " + result.situation(), unused -> new ArrayList<>())
                        .add(result));
        this.prices = prices;
        this.memoryMb = memoryMb;
        this.requests = requests;
    }

    String toMarkdown() {
        StringBuilder text = new StringBuilder();
        cases.forEach((title, results) -> {
            text.append("\n**")
                    .append(title)
                    .append("**\n\n")
                    .append(
                            "| | p50 | p90 | p99 | longest | bound of the longest | failed | environments started | invokes |"
                                    + " billed | $ for a million requests |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
            results.forEach(result -> text.append(row(result)));
        });
        return text.append(String.format(
                        Locale.ROOT,
                        "%nBilled is what local-lambda's meter counts: each invoke rounded up to 1 ms, init phases included, those of"
                                + " init-only invokes too; instances that are kept warm are billed until the last answer. The price is that of %d MB at AWS's list prices as of %s"
                                + " (aws-prices.properties), without the router's own machine.%n",
                        memoryMb,
                        prices.date()))
                .toString();
    }

    private String row(BurstResult result) {
        Users.Outcome users = result.users();
        return String.format(
                Locale.ROOT,
                "| %s | %,.0f ms | %,.0f ms | %,.0f ms | %,.0f ms | %,.0f ms | %d | %d | %d | %,d ms | %.2f |%n",
                result.side(),
                users.percentile(50),
                users.percentile(90),
                users.percentile(99),
                users.percentile(100),
                result.boundMillis(),
                users.failed(),
                result.started(),
                result.usage().invokes(),
                result.usage().billedMs(),
                prices.of(result.usage(), memoryMb) / requests * 1e6);
    }

    String latencyChart() {
        return chart("Longest latency of a burst, ms", result -> result.users().percentile(100));
    }

    String billedChart() {
        return chart("Billed for a burst, ms", result -> result.usage().billedMs());
    }

    private String chart(String title, ToDoubleFunction<BurstResult> figure) {
        List<Panel> panels = new ArrayList<>();
        cases.forEach((name, results) -> {
            List<Bar> bars = results.stream()
                    .map(result -> new Bar(
                            result.side(),
                            figure.applyAsDouble(result),
                            result.side().startsWith("router")))
                    .toList();
            panels.add(new Panel(name, bars));
        });
        return new BarChart(title, panels).toSvg();
    }
}
