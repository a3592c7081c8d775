package io.lambdadispatch.benchmarks.scale;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import joptsimple.OptionParser;
import joptsimple.OptionSet;
import joptsimple.OptionSpec;

/** Plays all scenarios with all contestants; writes a table in Markdown, and charts. {@code --help} tells the options. */
public final class ScaleReport {
    private ScaleReport() {}

    public static void main(String[] args) throws IOException {
        OptionParser parser = new OptionParser();
        OptionSpec<String> out =
                parser.accepts("out", "file for the table").withRequiredArg().defaultsTo("benchmarks/target/scale.md");
        OptionSpec<String> charts = parser.accepts("charts", "directory for the charts")
                .withRequiredArg()
                .defaultsTo("docs/charts");
        OptionSpec<Double> size = parser.accepts("size", "share of each scenario's rates, for a quick look")
                .withRequiredArg()
                .ofType(Double.class)
                .defaultsTo(1.0);
        OptionSpec<Long> seed = parser.accepts("seed", "other users")
                .withRequiredArg()
                .ofType(Long.class)
                .defaultsTo(7L);
        OptionSpec<String> names =
                parser.nonOptions("scenarios, all unless told otherwise: day, spikes, deploy, zone, large");
        OptionSpec<Void> help = parser.accepts("help").forHelp();
        OptionSet options = parser.parse(args);
        if (options.has(help)) {
            parser.printHelpOn(System.out);
            return;
        }
        Map<ScaleScenario, List<Story>> played =
                play(scenarios(options.valuesOf(names)), options.valueOf(seed), options.valueOf(size));
        String heading = String.format(
                Locale.ROOT,
                "%s, seed %d, %s of the rates",
                LocalDate.now(ZoneOffset.UTC),
                options.valueOf(seed),
                options.valueOf(size) == 1 ? "all" : options.valueOf(size).toString());
        ScaleTable table = new ScaleTable(Prices.listed(), options.valueOf(size));
        Files.writeString(Path.of(options.valueOf(out)), heading + "\n\n" + table.of(played));
        new ScaleCharts(Path.of(options.valueOf(charts))).write(played, table);
        System.out.println(options.valueOf(out) + ", " + options.valueOf(charts));
    }

    private static List<ScaleScenario> scenarios(List<String> names) {
        return names.isEmpty()
                ? List.of(ScaleScenario.values())
                : names.stream()
                        .map(name -> ScaleScenario.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList();
    }

    private static Map<ScaleScenario, List<Story>> play(List<ScaleScenario> scenarios, long seed, double size) {
        Map<ScaleScenario, List<Story>> played = new EnumMap<>(ScaleScenario.class);
        for (ScaleScenario scenario : scenarios) {
            List<Story> stories = new ArrayList<>();
            for (Contestant contestant : Contestant.values()) {
                Story story = scenario.playedBy(contestant, seed, size);
                System.out.printf(
                        Locale.ROOT,
                        "%s, %s: %,d requests in %.1f s%n",
                        scenario,
                        contestant,
                        story.figures().asked(),
                        story.took().toMillis() / 1e3);
                stories.add(story);
            }
            played.put(scenario, stories);
        }
        return played;
    }
}
