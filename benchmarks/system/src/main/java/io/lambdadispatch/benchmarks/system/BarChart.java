package io.lambdadispatch.benchmarks.system;

import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars as SVG, one panel a group, each panel with a scale of its own.
 *
 * @param title what is shown, with its unit
 */
public record BarChart(String title, List<Panel> panels) {
    private static final int WIDTH = 760;
    private static final int LABELS = 260;
    private static final int FIGURES = 90;
    private static final int ROW = 20;
    private static final int HEAD = 34;

    /** Bars that are compared with each other. */
    public record Panel(String title, List<Bar> bars) {
        /** Copies the list. */
        public Panel {
            bars = List.copyOf(bars);
        }
    }

    /**
     * One of them.
     *
     * @param highlighted whether it is the one that the chart is about
     */
    public record Bar(String label, double value, boolean highlighted) {}

    /** Copies the list. */
    public BarChart {
        panels = List.copyOf(panels);
    }

    /** The whole image. */
    public String toSvg() {
        int height = HEAD
                + panels.stream()
                        .mapToInt(panel -> HEAD + ROW * panel.bars().size())
                        .sum()
                + ROW / 2;
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH,
                height));
        text(svg, 8, 22, "start", "bold", title);
        int top = HEAD;
        for (Panel panel : panels) {
            text(svg, 8, top + 22, "start", "bold", panel.title());
            top += HEAD;
            double largest = panel.bars().stream().mapToDouble(Bar::value).max().orElse(1);
            for (Bar bar : panel.bars()) {
                draw(svg, bar, top, largest);
                top += ROW;
            }
        }
        return svg.append("</svg>\n").toString();
    }

    private static void draw(StringBuilder svg, Bar bar, int top, double largest) {
        double length = largest > 0 ? bar.value() / largest * (WIDTH - LABELS - FIGURES) : 0;
        text(svg, LABELS - 8, top + 14, "end", "normal", bar.label());
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LABELS,
                top + 3,
                length,
                ROW - 6,
                bar.highlighted() ? "#c2410c" : "#64748b"));
        String figure = String.format(Locale.ROOT, bar.value() < 10 ? "%.1f" : "%,.0f", bar.value());
        text(svg, LABELS + (int) length + 6, top + 14, "start", "normal", figure);
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String weight, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                weight,
                text.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
