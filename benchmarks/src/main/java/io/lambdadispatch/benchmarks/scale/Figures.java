package io.lambdadispatch.router.engine;

import java.util.Locale;

/**
 * What a stretch of time was like for users, and what it cost.
 *
 * @param answered requests that were answered
 * @param refused requests that were not
 * @param p50Millis half of those that were given to an instance had waited no longer
 * @param p99Millis 99 of 100 had waited no longer
 * @param maxMillis the longest that one of them had waited
 * @param billedSeconds time of all invokes
 * @param starts invokes for instances
 * @param warmings invokes that only warm an environment
 * @param peak most instances at once
 * @param changes how often the number of instances that there are to be has changed
 */
record Figures(
        int answered,
        int refused,
        double p50Millis,
        double p99Millis,
        double maxMillis,
        double billedSeconds,
        int starts,
        int warmings,
        int peak,
        int changes) {

    static final String HEADINGS = String.format(
            Locale.ROOT,
            "%-34s %-9s %8s %8s %8s %9s %7s %5s %7s",
            "scenario",
            "algorithm",
            "p50 ms",
            "p99 ms",
            "max ms",
            "billed s",
            "invokes",
            "peak",
            "changes");

    String row(String scenario, String algorithm) {
        return String.format(
                Locale.ROOT,
                "%-34s %-9s %8.0f %8.0f %8.0f %9.0f %7d %5d %7d",
                scenario,
                algorithm,
                p50Millis,
                p99Millis,
                maxMillis,
                billedSeconds,
                starts + warmings,
                peak,
                changes);
    }
}
