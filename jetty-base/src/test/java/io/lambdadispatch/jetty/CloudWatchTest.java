package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.Await;
import io.lambdadispatch.jetty.kit.Json;
import io.lambdadispatch.jetty.kit.RawUser;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The lines on the standard output, held to the specification of CloudWatch's embedded metric format. */
class CloudWatchTest {
    /** As {@code MetricDatum} lists them. */
    private static final Set<String> UNITS = Set.of(
            "Seconds",
            "Microseconds",
            "Milliseconds",
            "Bytes",
            "Kilobytes",
            "Megabytes",
            "Gigabytes",
            "Terabytes",
            "Bits",
            "Kilobits",
            "Megabits",
            "Gigabits",
            "Terabits",
            "Percent",
            "Count",
            "Bytes/Second",
            "Kilobytes/Second",
            "Megabytes/Second",
            "Gigabytes/Second",
            "Terabytes/Second",
            "Bits/Second",
            "Kilobits/Second",
            "Megabits/Second",
            "Gigabits/Second",
            "Terabits/Second",
            "Count/Second",
            "None");

    private static final int MOST_METRICS = 100;
    private static final int MOST_DIMENSIONS = 30;
    private static final int LONGEST_NAME = 1024;

    private static List<Json> lines(ByteArrayOutputStream output) {
        String all = output.toString(StandardCharsets.UTF_8);
        return all.substring(0, all.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith("{\"_aws\""))
                .map(Json::parse)
                .toList();
    }

    private static double sum(List<Json> lines, String name) {
        return lines.stream()
                .filter(line -> line.has(name))
                .mapToDouble(line -> line.get(name).number())
                .sum();
    }

    @Test
    void everyLineIsAsSpecifiedAndTheirSumIsWhatHappened() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try (Rig rig = Rig.warm("CloudWatchMetricsEnabled", "true", "MetricsPeriod", "1s", "FunctionMemoryMB", "512")) {
            for (int i = 0; i < 4; i++) {
                ScriptedChannel channel = rig.instance().open();
                RawUser user = rig.user().get("/" + i);
                channel.serve("served");
                user.readAnswer();
            }
            Await.until("all are told", () -> sum(lines(output), "RequestsCompleted") == 4);
            Await.until("the instance is told", () -> sum(lines(output), "LambdaInvokeCount") == 1);
        } finally {
            System.setOut(before);
        }
        List<Json> lines = lines(output);
        assertEquals(5, sum(lines, "RequestCount"), "the rig's own too");
        assertEquals(0, sum(lines, "LambdaInvokeFailureCount"));
        assertTrue(sum(lines, "BilledDuration") > 0);
        assertTrue(sum(lines, "EstimatedCost") > 0);
        assertTrue(lines.stream().anyMatch(line -> line.has("DispatchDelayP99")));
        lines.forEach(CloudWatchTest::assertAsSpecified);
    }

    private static void assertAsSpecified(Json line) {
        Json metadata = line.get("_aws");
        double now = System.currentTimeMillis();
        double timestamp = metadata.get("Timestamp").number();
        assertTrue(timestamp <= now && timestamp > now - 3_600_000, timestamp + " is no time in ms since the epoch");
        List<Json> directives = metadata.get("CloudWatchMetrics").all();
        assertEquals(1, directives.size());
        Json directive = directives.get(0);
        assertFalse(directive.get("Namespace").text().isEmpty());
        Set<String> dimensions = new HashSet<>();
        for (Json set : directive.get("Dimensions").all()) {
            assertTrue(set.all().size() <= MOST_DIMENSIONS);
            for (Json dimension : set.all()) {
                dimensions.add(dimension.text());
                // The target of a dimension must be text, and a member of the root.
                String value = line.get(dimension.text()).text();
                assertTrue(!value.isEmpty() && value.length() <= LONGEST_NAME);
            }
        }
        assertEquals(Set.of("FunctionName", "Pool"), dimensions);
        Set<String> names = new HashSet<>();
        List<Json> metrics = directive.get("Metrics").all();
        assertTrue(!metrics.isEmpty() && metrics.size() <= MOST_METRICS, metrics.size() + " metrics");
        for (Json metric : metrics) {
            String name = metric.get("Name").text();
            assertTrue(names.add(name), "twice: " + name);
            assertFalse(dimensions.contains(name), name);
            assertTrue(UNITS.contains(metric.get("Unit").text()), metric.toString());
            assertEquals(1, metric.get("StorageResolution").number(), "a period of less than a minute");
            assertTrue(line.get(name).isNumber(), name);
            assertTrue(Double.isFinite(line.get(name).number()), name);
        }
        Set<String> members = new HashSet<>(line.names());
        members.removeAll(names);
        members.removeAll(dimensions);
        assertEquals(Set.of("_aws"), members);
    }

    @Test
    void nothingIsWrittenUnlessItIsAskedFor() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try (Rig rig = Rig.warm("MetricsPeriod", "1s")) {
            rig.router().router().close();
        } finally {
            System.setOut(before);
        }
        assertEquals(List.of(), lines(output));
    }
}
