package io.lambdadispatch.it.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What came of all requests.
 *
 * @param outcomes in the order of their ends
 * @param startedNanos when the first one was due
 * @param cpuNanos what the generator itself has used
 * @param lateNanos how late it was at worst to send one
 * @param mostConnections open at once
 * @param sentAgain safe requests that were sent twice, because a connection was closed when they came
 */
public record LoadReport(
        List<Outcome> outcomes, long startedNanos, long cpuNanos, long lateNanos, int mostConnections, int sentAgain) {

    /** Copies the list. */
    public LoadReport {
        outcomes = List.copyOf(outcomes);
    }

    /** Those that are neither answered 200 nor otherwise fine. */
    public List<Outcome> bad() {
        return where(outcome -> !outcome.isGood());
    }

    /** Some of them, in the same order. */
    public List<Outcome> where(Predicate<Outcome> condition) {
        return outcomes.stream().filter(condition).toList();
    }

    /** When it ended, in s after the start. */
    public double at(long nanos) {
        return (nanos - startedNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** One outcome in a line. */
    public String describe(Outcome outcome) {
        return String.format(
                Locale.ROOT,
                "%7.3f to %7.3f s %s %s %s %d%s",
                at(outcome.dueNanos()),
                at(outcome.endedNanos()),
                outcome.isSafe() ? "safe  " : "unsafe",
                outcome.route(),
                outcome.kind(),
                outcome.status(),
                outcome.detail() == null ? "" : " (" + outcome.detail() + ")");
    }

    /** How many of each kind, and how long they took. */
    @Override
    public String toString() {
        Map<String, Integer> counts = new TreeMap<>();
        outcomes.forEach(outcome -> counts.merge(
                (outcome.isSafe() ? "safe " : "unsafe ") + outcome.kind() + ' ' + outcome.status(), 1, Integer::sum));
        double[] took = outcomes.stream()
                .filter(Outcome::isGood)
                .mapToDouble(Outcome::tookMs)
                .sorted()
                .toArray();
        return String.format(
                Locale.ROOT,
                "%d requests: %s; p50 %.1f, p99 %.1f, p99.9 %.1f, longest %.1f ms; %d sent again; at most %d connections; the users"
                        + " took %.2f s of CPU, %.0f us a request, and were at most %.0f ms late",
                outcomes.size(),
                counts,
                percentile(took, 50),
                percentile(took, 99),
                percentile(took, 99.9),
                percentile(took, 100),
                sentAgain,
                mostConnections,
                cpuNanos / 1e9,
                cpuNanos / 1e3 / Math.max(1, outcomes.size()),
                lateNanos / 1e6);
    }

    private static double percentile(double[] sorted, double percent) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int index = (int) Math.ceil(percent / 100 * sorted.length) - 1;
        return sorted[Math.max(0, Math.min(index, sorted.length - 1))];
    }

    /** How many were due in each second and how many of those were good, for plots and people. */
    public String bySecond() {
        int seconds = outcomes.stream()
                .mapToInt(outcome -> (int) at(outcome.dueNanos()))
                .max()
                .orElse(-1);
        int[] due = new int[seconds + 1];
        int[] good = new int[seconds + 1];
        double[] longest = new double[seconds + 1];
        for (Outcome outcome : outcomes) {
            int second = (int) at(outcome.dueNanos());
            due[second]++;
            good[second] += outcome.isGood() ? 1 : 0;
            longest[second] = Math.max(longest[second], outcome.tookMs());
        }
        StringBuilder text = new StringBuilder();
        for (int second = 0; second <= seconds; second++) {
            text.append(String.format(
                    Locale.ROOT,
                    "%3d s: %5d due, %5d good, longest %8.1f ms%n",
                    second,
                    due[second],
                    good[second],
                    longest[second]));
        }
        return text.toString();
    }
}
