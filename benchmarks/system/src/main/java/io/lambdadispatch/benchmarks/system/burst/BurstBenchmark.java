package io.lambdadispatch.benchmarks.system.burst;

import io.lambdadispatch.benchmarks.system.Build;
import io.lambdadispatch.benchmarks.system.Installation;
import io.lambdadispatch.benchmarks.system.LambdaUsage;
import io.lambdadispatch.benchmarks.system.Launch;
import io.lambdadispatch.benchmarks.system.Machine;
import io.lambdadispatch.benchmarks.system.Ports;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A crowd comes: how long do users wait, how many environments start, and what is billed, with the router and with Lambda's own
 * dispatching?
 *
 * <p>Workload: the reference project's published cases, 100 users at once and 1,000 requests. All environments are processes of
 * local-lambda; the app, which only waits (I/O-bound), is one process that all of them share, so that the machine's two CPUs can play
 * a hundred environments. A cold start is over when the app's health path answers, which takes it the time given. Run it by
 * {@code benchmarks/run burst}.
 */
@Command(
        name = "benchmarks/run burst",
        sortOptions = false,
        description = "A burst of users: the router beside Lambda's own dispatching, on local-lambda.")
public final class BurstBenchmark implements Callable<Integer> {
    /** By the reference's figures: fastest, or median where users were few, so that the app and not the crowd is measured. */
    private static final Map<String, Integer> APPS = Map.of("ping", 1, "image", 5, "S3", 40);

    @Option(names = "--users", defaultValue = "100", description = "Users at once (default ${DEFAULT-VALUE}).")
    private int users;

    @Option(names = "--requests", defaultValue = "1000", description = "Requests of a case (default ${DEFAULT-VALUE}).")
    private int requests;

    @Option(
            names = "--cold-start",
            defaultValue = "8000",
            description = "Of both sides, ms (default ${DEFAULT-VALUE}).")
    private int coldStart;

    @Option(
            names = "--needed",
            defaultValue = "20",
            description =
                    "Most instances of the router, and how many it has when all is warm (default ${DEFAULT-VALUE}).")
    private int needed;

    @Option(
            names = "--warm",
            defaultValue = "2",
            description = "Instances before a cold burst (default ${DEFAULT-VALUE}).")
    private int warm;

    @Option(
            names = "--plain-warm",
            defaultValue = "10",
            description =
                    "Environments of plain Lambda before a cold burst (default ${DEFAULT-VALUE}, as the reference).")
    private int plainWarm;

    @Option(
            names = "--apps",
            split = ",",
            defaultValue = "ping,image,S3",
            description = "Of ping (1 ms), image (5 ms), S3 (40 ms); default all.")
    private List<String> apps;

    @Option(
            names = "--warm-up",
            defaultValue = "3000",
            description = "Requests to each side before its burst (default ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--memory",
            defaultValue = "512",
            description = "MB of an environment, for its price (default ${DEFAULT-VALUE}, as the reference).")
    private int memoryMb;

    @Option(
            names = "--to",
            defaultValue = "docs/performance",
            description = "Directory for burst.md and its charts (default ${DEFAULT-VALUE}).")
    private Path directory;

    @Option(names = "--help", usageHelp = true, description = "Show this.")
    @SuppressWarnings("unused") // picocli's
    private boolean help;

    private final List<BurstResult> results = new ArrayList<>();
    private Path logs;

    private BurstBenchmark() {}

    /** Ends with the status of {@link Launch#run}. */
    public static void main(String[] args) {
        System.exit(Launch.run(new BurstBenchmark(), args));
    }

    /** Starts one side with its warm environments. */
    @FunctionalInterface
    private interface Start {
        BurstSide with(Path sideLogs) throws IOException, InterruptedException;
    }

    @Override
    public Integer call() throws Exception {
        logs = Files.createTempDirectory("lambda-dispatch-burst.");
        System.out.println("Logs: " + logs);
        Path client = clientWithArchive();
        int port = Ports.free();
        try (Service app = Service.start(
                "app",
                List.of(Installation.demoApp().toString()),
                Map.of("LAMBDA_DISPATCH_PORT", Integer.toString(port)),
                logs)) {
            Ports.await(port, app);
            String health = "/delay?delay=" + coldStart;
            String cold = warm + " instances warm, " + needed + " at most; plain: " + plainWarm + " warm";
            String hot = "all warm";
            for (String route : apps) {
                for (String scaling : List.of("simple", "adaptive")) {
                    String name = "router, " + scaling;
                    run(
                            cold,
                            route,
                            name,
                            warm,
                            side -> BurstSide.dispatch(scaling, warm, needed, client, port, health, side));
                    run(
                            hot,
                            route,
                            name,
                            needed,
                            side -> BurstSide.dispatch(scaling, needed, needed, client, port, health, side));
                }
                run(cold, route, "plain Lambda", plainWarm, side -> BurstSide.plain(plainWarm, port, coldStart, side));
                run(hot, route, "plain Lambda", users, side -> BurstSide.plain(users, port, coldStart, side));
            }
        }
        write();
        return 0;
    }

    /** A copy of the packaged client with the archive of classes that a deployed one has. */
    private Path clientWithArchive() throws IOException, InterruptedException {
        Path copy = logs.resolve("client");
        finish("cp", "-pR", Build.own().client().getParent().toString(), copy.toString());
        finish(copy.resolve("make-archive").toString());
        return copy.resolve("bootstrap");
    }

    private void finish(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(logs.resolve("client.log").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + status);
        }
    }

    private void run(String situation, String route, String name, int warmOnes, Start start)
            throws IOException, InterruptedException {
        if (!APPS.containsKey(route)) {
            throw new IOException("no app " + route + " (expected: ping, image or S3)");
        }
        int serviceMillis = APPS.get(route);
        String path = "/delay?delay=" + serviceMillis;
        Path sideLogs = Files.createDirectories(logs.resolve(Integer.toString(results.size())));
        try (BurstSide side = start.with(sideLogs)) {
            long kept = side.kept();
            side.givesCpuToWarmOnes();
            // What JVMs that have been up for a while have compiled; so few at once that nothing is started for them.
            Users.send(side.url("/ping"), Math.max(1, warmOnes / 2), warmUp);
            side.awaitWorking(kept);
            LambdaUsage before = side.lambda().usage();
            Users.Outcome outcome = Users.send(side.url(path), users, requests);
            long answered = System.nanoTime();
            side.awaitWorking(kept);
            // Those that are kept anyway are the burst's until its last answer.
            long keptMs = kept * TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answered);
            LambdaUsage used = side.lambda().usage().since(before).without(keptMs);
            double bound = FifoQueue.longestMillis(side.slots(), users, requests, serviceMillis);
            BurstResult result = new BurstResult(
                    situation, route + ", " + serviceMillis + " ms", name, warmOnes, bound, outcome, used);
            results.add(result);
            System.out.printf(
                    Locale.ROOT,
                    "%s; %s; %s: longest %.0f ms (bound %.0f), %d failed, %d environments started, billed %d ms%n",
                    situation,
                    result.app(),
                    name,
                    outcome.percentile(100),
                    bound,
                    outcome.failed(),
                    result.started(),
                    used.billedMs());
        }
    }

    private void write() throws IOException {
        Path to = Files.createDirectories(Installation.root().resolve(directory));
        BurstReport report = new BurstReport(results, Prices.read(), memoryMb, requests);
        Files.writeString(to.resolve("burst-latency.svg"), report.latencyChart());
        Files.writeString(to.resolve("burst-billed.svg"), report.billedChart());
        String text = "# Bursts, beside plain Lambda\n\n" + Machine.describe() + ". " + users + " users at once, "
                + requests + " requests, cold starts of " + coldStart + " ms.\n"
                + report.toMarkdown()
                + "\n![Longest latency](burst-latency.svg)\n\n![Billed](burst-billed.svg)\n";
        Files.writeString(to.resolve("burst.md"), text);
        System.out.println(text);
        System.out.println("Written to " + to);
    }
}
