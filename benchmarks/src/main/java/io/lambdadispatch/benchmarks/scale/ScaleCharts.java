package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Story.Sample;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** What came out, as charts in SVG: waits and open invokes over time for each scenario, and what all of them cost. */
final class ScaleCharts {
    private static final Map<Contestant, Paint> COLORS = Map.of(
            Contestant.SIMPLE, new Color(0xE69F00),
            Contestant.EWMA, new Color(0x56B4E9),
            Contestant.ADAPTIVE, new Color(0x009E73),
            Contestant.PLAIN, new Color(0xCC3311));
    private static final Color GRID = new Color(0xDDDDDD);
    private static final double MILLIS_PER_MINUTE = 6e4;
    private static final double MILLIS_PER_HOUR = 3.6e6;

    private final Path directory;

    ScaleCharts(Path directory) {
        this.directory = directory;
    }

    void write(Map<ScaleScenario, List<Story>> played, ScaleTable table) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<ScaleScenario, List<Story>> each : played.entrySet()) {
            ScaleScenario scenario = each.getKey();
            List<Story> stories = each.getValue();
            save(
                    overTime(scenario, stories, "waited, p99.9 in s", sample -> sample.p999Millis() / 1e3),
                    "scale-" + nameOf(scenario) + "-waits.svg");
            save(
                    overTime(scenario, stories, "invokes open at once", Sample::instances),
                    "scale-" + nameOf(scenario) + "-invokes.svg");
        }
        save(costs(played, table), "scale-cost.svg");
    }

    private static String nameOf(ScaleScenario scenario) {
        return scenario.name().toLowerCase(Locale.ROOT);
    }

    private static JFreeChart overTime(
            ScaleScenario scenario, List<Story> stories, String what, ToDoubleFunction<Sample> value) {
        boolean isLong = scenario.length().compareTo(Duration.ofHours(2)) > 0;
        double unit = isLong ? MILLIS_PER_HOUR : MILLIS_PER_MINUTE;
        XYSeriesCollection lines = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setDrawSeriesLineAsPath(true);
        for (Story story : stories) {
            XYSeries line = new XYSeries(story.contestant().toString());
            story.samples().forEach(sample -> line.add(sample.at().toMillis() / unit, value.applyAsDouble(sample)));
            renderer.setSeriesPaint(lines.getSeriesCount(), COLORS.get(story.contestant()));
            renderer.setSeriesStroke(lines.getSeriesCount(), new BasicStroke(1.5f));
            lines.addSeries(line);
        }
        JFreeChart chart = ChartFactory.createXYLineChart(
                scenario.toString(),
                isLong ? "hours" : "minutes",
                what,
                lines,
                PlotOrientation.VERTICAL,
                true,
                false,
                false);
        theme().apply(chart);
        XYPlot plot = chart.getXYPlot();
        plot.setRenderer(renderer);
        plot.getDomainAxis().setUpperMargin(0);
        return chart;
    }

    private static JFreeChart costs(Map<ScaleScenario, List<Story>> played, ScaleTable table) {
        DefaultCategoryDataset bars = new DefaultCategoryDataset();
        BarRenderer renderer = new BarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        played.forEach((scenario, stories) -> stories.forEach(story -> {
            double perMillion =
                    table.cost(scenario, story).total() / story.figures().asked() * 1e6;
            bars.addValue(perMillion, story.contestant(), nameOf(scenario));
            renderer.setSeriesPaint(bars.getRowIndex(story.contestant()), COLORS.get(story.contestant()));
        }));
        JFreeChart chart =
                ChartFactory.createBarChart("Lambda and routers by list prices, per million requests", "", "USD", bars);
        theme().apply(chart);
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setRenderer(renderer);
        return chart;
    }

    /** Fonts that every viewer has, and nothing that distracts. */
    private static StandardChartTheme theme() {
        StandardChartTheme theme = new StandardChartTheme("plain");
        theme.setExtraLargeFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        theme.setLargeFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        theme.setRegularFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        theme.setPlotBackgroundPaint(Color.WHITE);
        theme.setRangeGridlinePaint(GRID);
        theme.setDomainGridlinePaint(GRID);
        theme.setLegendBackgroundPaint(Color.WHITE);
        return theme;
    }

    private void save(JFreeChart chart, String name) throws IOException {
        Files.writeString(directory.resolve(name), SvgImage.of(chart));
    }
}
