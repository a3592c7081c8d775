package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.relay.RequestOutcome;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.Json;
import io.lambdadispatch.testkit.RawUser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
    private static final int LARGEST_LINE = 1024 * 1024;

    private static List<String> texts(ByteArrayOutputStream output) {
        String all = output.toString(StandardCharsets.UTF_8);
        return all.substring(0, all.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith("{\"_aws\""))
                .toList();
    }

    private static List<Json> lines(ByteArrayOutputStream output) {
        return texts(output).stream().map(Json::parse).toList();
    }

    private static Set<String> poolsOf(ByteArrayOutputStream output) {
        return lines(output).stream()
                .map(line -> line.get("Pool").text())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(ByteArrayOutputStream output) {
        Set<String> names = new TreeSet<>();
        lines(output).forEach(line -> names.addAll(line.names()));
        names.removeAll(Set.of("_aws", "FunctionName", "Pool"));
        return names;
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
        for (String text : texts(output)) {
            assertTrue(text.getBytes(StandardCharsets.UTF_8).length <= LARGEST_LINE, text);
        }
    }

    /** One line a pool: many pools make many lines, and none of them longer. */
    @Test
    void eachPoolHasLinesOfItsOwn() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        Set<String> pools = new TreeSet<>(Set.of("default"));
        try (Rig rig = Rig.cold("CloudWatchMetricsEnabled", "true", "AllowedLambdaNames", ".*", "MaxPools", "50")) {
            for (int i = 0; i < 50; i++) {
                String name = i + "n".repeat(60);
                pools.add(name);
                assertTrue(rig.router().router().pools().open(name).isPresent());
            }
            rig.router().router().close();
            Await.until("all have told their last", () -> poolsOf(output).equals(pools));
            // Here, for the rig closes the router once more.
            assertEquals(pools.size(), lines(output).size());
        } finally {
            System.setOut(before);
        }
        for (String text : texts(output)) {
            assertTrue(text.length() < LARGEST_LINE / 50, text);
        }
    }

    @Test
    void theDocumentationNamesThemAllAndNoOthers() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        Set<String> documented = documented();
        try (Rig rig = Rig.cold("CloudWatchMetricsEnabled", "true", "MetricsPeriod", "1s", "FunctionMemoryMB", "512")) {
            RawUser user = rig.user().get("/");
            rig.lambda().nextInvoke().throttle();
            ScriptedInstance instance = rig.nextInstance();
            instance.open().serve("served");
            user.readAnswer();
            RawUser hasty = rig.user().get("/");
            rig.awaitPending(1);
            hasty.close();
            Await.until(
                    () -> "all are told that are documented: " + documented + "; " + names(output),
                    () -> names(output).containsAll(documented));
        } finally {
            System.setOut(before);
        }
        Set<String> more = names(output);
        more.removeAll(documented);
        more.removeIf(name -> name.matches(".*P(50|99)") && documented.contains(name.substring(0, name.length() - 3)));
        more.removeAll(Stream.of(RequestOutcome.values()).map(named("Requests")).toList());
        more.removeAll(Stream.of(InvokeOutcome.Reason.values())
                .map(named("LambdaInvokeFailure"))
                .toList());
        assertEquals(Set.of(), more);
    }

    /** As {@code RequestsUserGone} is of {@code USER_GONE}. */
    private static Function<Enum<?>, String> named(String prefix) {
        return constant -> prefix
                + Pattern.compile("([A-Z])([A-Z]*)_?")
                        .matcher(constant.name())
                        .replaceAll(word -> word.group(1) + word.group(2).toLowerCase(Locale.ROOT));
    }

    /** What stands in the first column of the table, but for the examples of percentiles, which are no names. */
    private static Set<String> documented() throws IOException {
        Path fromModule = Path.of("..", "docs", "observability.md");
        String docs = Files.readString(Files.exists(fromModule) ? fromModule : Path.of("docs", "observability.md"));
        String section = docs.substring(docs.indexOf("### CloudWatch"), docs.indexOf("### From the reference"));
        Set<String> names = section.lines()
                .filter(line -> line.startsWith("| `"))
                .flatMap(line -> Pattern.compile("`([A-Za-z0-9]+)`")
                        .matcher(line.substring(0, line.indexOf('|', 1)))
                        .results()
                        .map((MatchResult name) -> name.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(names.size() > 25, "no table was read: " + names);
        return names;
    }

    /** Whoever reads the standard output may stop to: that must not keep a router from ending. */
    @Test
    @Timeout(60)
    void anOutputThatNobodyReadsHoldsUpNobody() throws Exception {
        CountDownLatch isStuck = new CountDownLatch(1);
        CountDownLatch isRead = new CountDownLatch(1);
        PrintStream before = System.out;
        System.setOut(new PrintStream(new FullPipe(isStuck, isRead), true, StandardCharsets.UTF_8));
        try (Rig rig = Rig.warm("CloudWatchMetricsEnabled", "true", "MetricsPeriod", "1s")) {
            isStuck.await();
            rig.router().router().close();
            assertEquals(1, isRead.getCount(), "closed, although nothing was read");
        } finally {
            System.setOut(before);
            isRead.countDown();
        }
    }

    private static final class FullPipe extends OutputStream {
        private final CountDownLatch isStuck;
        private final CountDownLatch isRead;

        FullPipe(CountDownLatch isStuck, CountDownLatch isRead) {
            this.isStuck = isStuck;
            this.isRead = isRead;
        }

        @Override
        public void write(int b) {
            isStuck.countDown();
            boolean isAwaited = false;
            while (!isAwaited) {
                try {
                    isRead.await();
                    isAwaited = true;
                } catch (InterruptedException e) {
                    // As a pipe does.
                }
            }
        }
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
