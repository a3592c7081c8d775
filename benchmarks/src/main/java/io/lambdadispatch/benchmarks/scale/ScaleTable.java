package io.lambdadispatch.benchmarks.scale;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What came out, as a table in Markdown. */
final class ScaleTable {
    private static final List<String> TEXTS = List.of("scenario", "by");
    private static final List<String> NUMBERS = List.of(
            "requests",
            "failed",
            "waited over 1 s",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "longest ms",
            "open at once",
            "cold starts",
            "billed s",
            "$ per million",
            "of it router",
            "simulated in s");
    private static final String HEAD = "| " + String.join(" | ", TEXTS) + " | " + String.join(" | ", NUMBERS) + " |\n|"
            + " --- |".repeat(TEXTS.size()) + " ---: |".repeat(NUMBERS.size()) + "\n";

    private final Prices prices;
    private final double size;

    /**
     * @param size share of the scenarios' rates
     */
    ScaleTable(Prices prices, double size) {
        this.prices = prices;
        this.size = size;
    }

    String of(Map<ScaleScenario, List<Story>> played) {
        String rows = played.entrySet().stream()
                .flatMap(each -> each.getValue().stream().map(story -> row(each.getKey(), story)))
                .collect(Collectors.joining("\n"));
        return HEAD + rows + "\n\nPrices of " + prices.date() + ": " + prices.source() + "\n";
    }

    private String row(ScaleScenario scenario, Story story) {
        Figures figures = story.figures();
        Cost cost = cost(scenario, story);
        double millions = story.figures().asked() / 1e6;
        return String.format(
                Locale.ROOT,
                "| %s | %s | %,d | %,d | %,d | %,.0f | %,.0f | %,.0f | %,.0f | %,d | %,d | %,.0f | %.3f | %.3f | %.1f |",
                scenario,
                story.contestant(),
                story.figures().asked(),
                figures.failed(),
                figures.outcomes().waitedOver(1_000),
                figures.p50Millis(),
                figures.p99Millis(),
                figures.p999Millis(),
                figures.maxMillis(),
                figures.peak(),
                figures.bill().coldStarts(),
                figures.billedSeconds(),
                cost.total() / millions,
                cost.router() / millions,
                story.took().toMillis() / 1e3);
    }

    Cost cost(ScaleScenario scenario, Story story) {
        Cost lambda = Cost.ofLambda(story.figures().bill(), prices);
        return story.contestant().hasRouter()
                ? lambda.withRouters(scenario.busiest() * size, scenario.length(), prices)
                : lambda;
    }
}
