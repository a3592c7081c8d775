package io.lambdadispatch.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a standalone router tells its operators: figures while it runs, a line for each request that has ended, and figures of its
 * whole life when it ends.
 */
final class Telemetry {
    private static final Pattern ADMIN_PORT = Pattern.compile("operators http=(\\d+)");
    private static final String PREFIX = "lambda_dispatch_";
    private static final String LINES_LOST = "the access log has lost";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Service router;
    private final Path accessLog;

    /**
     * Of a router that was started with {@link #settings}.
     *
     * @param accessLog the same file
     */
    Telemetry(Service router, Path accessLog) {
        this.router = router;
        this.accessLog = accessLog;
    }

    /**
     * A line of the access log.
     *
     * @param instance that had it last; {@code null} when none did
     * @param status of the answer
     * @param isRetried whether another instance had had it before, and died
     */
    record Line(String outcome, String instance, int status, boolean isRetried) {
        private static final Pattern OUTCOME = Pattern.compile("\"outcome\":\"(\\w+)\"");
        private static final Pattern INSTANCE = Pattern.compile("\"instance\":\"([^\"]+)\"");
        private static final Pattern STATUS = Pattern.compile("\"status\":(\\d+)");
        private static final Pattern RETRIED = Pattern.compile("\"retried\":(true|false)");

        private static Line of(String json) {
            return new Line(
                    first(OUTCOME, json),
                    first(INSTANCE, json),
                    Integer.parseInt(first(STATUS, json)),
                    Boolean.parseBoolean(first(RETRIED, json)));
        }

        private static String first(Pattern pattern, String json) {
            Matcher matcher = pattern.matcher(json);
            return matcher.find() ? matcher.group(1) : null;
        }

        /** Whether its user was not served, and the router says that its instance is to blame. */
        boolean isInstanceToBlame() {
            return outcome.equals("instance_failed") || outcome.equals("bad_answer");
        }

        /** Whether it came to a router that still took requests, and so is one of those that the router has counted. */
        boolean wasTakenIn() {
            return !outcome.equals("rejected") && !outcome.equals("shutting_down");
        }
    }

    /** The router's settings; a file of that name is that of an earlier run. */
    static Map<String, String> settings(Path accessLog) throws IOException {
        Files.deleteIfExists(accessLog);
        return Map.of(
                "AdminPort", "0",
                "AccessLogFormat", "json",
                "AccessLogPath", accessLog.toString(),
                // Longer than any test, so that there is one such line in a router's life, and that is its last.
                "CloudWatchMetricsEnabled", "true",
                "MetricsPeriod", "1h");
    }

    /** The sum of that figure over all pools, at this moment. */
    double figure(String name) throws IOException, InterruptedException {
        return figure(name, "");
    }

    /** The same of those with that label, such as {@code state="open"}. */
    double figure(String name, String label) throws IOException, InterruptedException {
        return figures()
                .lines()
                .filter(line -> line.startsWith(PREFIX + name + '{') && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private String figures() throws IOException, InterruptedException {
        return ask("/metrics");
    }

    /** Requests that this instance has at this moment. */
    int running(String instance) throws IOException, InterruptedException {
        Matcher matcher = Pattern.compile("\"id\":\"" + instance + "\"[^}]*?\"running\":(\\d+)")
                .matcher(ask("/state"));
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private String ask(String path) throws IOException, InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + router.awaitLine(ADMIN_PORT) + path);
        return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString())
                .body();
    }

    /** A line for each request that has ended, up to some tenths of a second ago; all of them once the router has ended. */
    List<Line> requests() throws IOException {
        try (Stream<String> lines = Files.lines(accessLog)) {
            return lines.filter(line -> line.endsWith("}")).map(Line::of).toList();
        }
    }

    boolean hasLostLines() throws IOException {
        return router.readLog().contains(LINES_LOST);
    }

    /** Under its name in CloudWatch, what the router told at its very end. */
    double last(String name) throws IOException {
        return Pattern.compile('"' + name + "\":([0-9.E+-]+)")
                .matcher(lastWords())
                .results()
                .map((MatchResult match) -> Double.parseDouble(match.group(1)))
                .findFirst()
                .orElseThrow(() -> new IOException("the router did not tell its " + name));
    }

    private String lastWords() throws IOException {
        return router.readLog()
                .lines()
                .filter(line -> line.startsWith("{\"_aws\""))
                .reduce("", (earlier, later) -> later);
    }
}
