package io.lambdadispatch.benchmarks.system.parked;

import io.lambdadispatch.benchmarks.system.BenchmarkException;
import io.lambdadispatch.benchmarks.system.Installation;
import io.lambdadispatch.benchmarks.system.Launch;
import io.lambdadispatch.benchmarks.system.Machine;
import io.lambdadispatch.benchmarks.system.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What does a user cost the router who waits, and a channel that waits: memory, threads, CPU?
 *
 * <p>Workload: the packaged router, with its own default memory settings; users on HTTP/1.1, a connection each, for whom no instance
 * comes; instances on one HTTP/2 connection each, with a hundred channels each, for whom no user comes. Bytes are the difference
 * to the same router, used before and empty again. Run it by {@code benchmarks/run parked}.
 */
@Command(
        name = "benchmarks/run parked",
        sortOptions = false,
        description = "What parked users and parked channels cost the router.")
public final class ParkedBenchmark implements Callable<Integer> {
    private static final int CHANNELS_AN_INSTANCE = 100;

    /** Of the router for itself, and of the JVM. */
    private static final int OTHER_FILES = 1_000;

    private static final int CLASSES_SHOWN = 8;
    private static final int USERS_BEFORE = 200;
    private static final String QUEUED = "lambda_dispatch_requests_queued";
    private static final String IDLE = "lambda_dispatch_channels_idle";

    @Option(names = "--users", defaultValue = "10000", description = "Parked users (default ${DEFAULT-VALUE}).")
    private int users;

    @Option(
            names = "--channels",
            defaultValue = "20000",
            description = "Parked channels, in hundreds (default ${DEFAULT-VALUE}).")
    private int channels;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "How long CPU use is watched (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--to",
            defaultValue = "docs/performance",
            description = "Directory for parked.md (default ${DEFAULT-VALUE}).")
    private Path directory;

    @Option(names = "--help", usageHelp = true, description = "Show this.")
    @SuppressWarnings("unused") // picocli's
    private boolean help;

    private final StringBuilder table = new StringBuilder();
    private final StringBuilder holders = new StringBuilder();
    private Path logs;

    private ParkedBenchmark() {}

    /** Ends with the status of {@link Launch#run}. */
    public static void main(String[] args) {
        System.exit(Launch.run(new ParkedBenchmark(), args));
    }

    /** Something to wait at the router. */
    @FunctionalInterface
    private interface Park {
        AutoCloseable in(Router router) throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        requireFiles();
        logs = Files.createTempDirectory("lambda-dispatch-parked.");
        System.out.println("Logs: " + logs);
        parkUsers();
        parkChannels();
        write();
        return 0;
    }

    /** The router takes three quarters of its files for users; here and there each user is one. */
    private void requireFiles() throws IOException, BenchmarkException {
        String limits = Files.readString(Path.of("/proc/self/limits"));
        String soft = limits.lines()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.split(" {2,}", -1)[2])
                .findFirst()
                .orElse("unlimited");
        // A JVM raises its own limit to the hard one; what it starts begins with the soft one again, and so does that
        // router's JVM.
        long needed = users * 4L / 3 + OTHER_FILES;
        if (!soft.equals("unlimited") && Long.parseLong(soft) < needed) {
            throw new BenchmarkException("at most " + soft + " open files, needed are " + needed + ": ulimit -n "
                    + needed + " first, or fewer --users");
        }
    }

    private void parkUsers() throws Exception {
        try (HoldingLambda lambda = new HoldingLambda();
                Router router = start(
                        lambda,
                        Map.of(
                                "MaxInstances", "1",
                                "MaxQueuedRequests", Integer.toString(users + USERS_BEFORE),
                                "IncomingRequestTimeout", "30m",
                                // The one instance that is invoked for them never calls back.
                                "InstanceStartTimeout", "15m"))) {
            try (ParkedUsers unused = new ParkedUsers(router.port(), USERS_BEFORE)) {
                router.await(QUEUED, USERS_BEFORE);
            }
            router.awaitAtMost(QUEUED, 0);
            measure("user", users, router, it -> {
                ParkedUsers parked = new ParkedUsers(it.port(), users);
                it.await(QUEUED, users);
                return parked;
            });
        }
    }

    private void parkChannels() throws Exception {
        int instances = channels / CHANNELS_AN_INSTANCE;
        Map<String, String> settings = Map.of(
                "MaxConcurrentCount", Integer.toString(CHANNELS_AN_INSTANCE),
                "ChannelCount", Integer.toString(CHANNELS_AN_INSTANCE),
                "MinInstances", Integer.toString(instances),
                "MaxInstances", Integer.toString(instances),
                "InstanceStartTimeout", "15m",
                "ChannelKeepAlive", "1m");
        try (HoldingLambda lambda = new HoldingLambda();
                Router router = start(lambda, settings);
                ParkedChannels first = new ParkedChannels()) {
            // The invokes are there before and after; they are not the channels' own cost.
            first.open(lambda.next());
            router.await(IDLE, CHANNELS_AN_INSTANCE);
            measure("channel", channels - CHANNELS_AN_INSTANCE, router, it -> {
                ParkedChannels parked = new ParkedChannels();
                for (int i = 1; i < instances; i++) {
                    parked.open(lambda.next());
                }
                it.await(IDLE, channels);
                return parked;
            });
        }
    }

    private Router start(HoldingLambda lambda, Map<String, String> settings) throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("FunctionName", "parked");
        return Router.start(lambda.url(), all, Map.of(), logs);
    }

    private void measure(String what, int count, Router router, Park park) throws Exception {
        Footprint before = Footprint.of(router);
        try (AutoCloseable unused = park.in(router)) {
            Footprint parked = Footprint.of(router);
            long cpuBefore = router.processes().cpuMicros();
            TimeUnit.SECONDS.sleep(seconds);
            double cpu = (router.processes().cpuMicros() - cpuBefore) / 1e4 / seconds;
            String row = String.format(
                    Locale.ROOT,
                    "| %,d %ss | %,d bytes | %,d bytes | %,d MB, %,d MB | %d, %d | %.1f %% |%n",
                    count,
                    what,
                    (parked.heapBytes() - before.heapBytes()) / count,
                    (parked.residentBytes() - before.residentBytes()) / count,
                    parked.heapBytes() >> 20,
                    parked.residentBytes() >> 20,
                    before.threads(),
                    parked.threads(),
                    cpu);
            System.out.print(row);
            table.append(row);
            holders.append(String.format(
                    Locale.ROOT,
                    "%nWhat holds the memory of a parked %s: %s.%n",
                    what,
                    parked.growthSince(before).stream()
                            .limit(CLASSES_SHOWN)
                            .map(entry -> "`" + entry.getKey() + "` " + entry.getValue() / count)
                            .collect(Collectors.joining(", "))));
        }
    }

    private void write() throws IOException {
        Path to = Files.createDirectories(Installation.root().resolve(directory));
        String text = "# Waiting\n\n" + Machine.describe() + ". Heap is what is in use after a full collection.\n\n"
                + "| | heap each | resident memory each | heap, resident memory in all | threads before, then |"
                + " CPU over " + seconds + " s, of one |\n| --- | --- | --- | --- | --- | --- |\n" + table + holders;
        Files.writeString(to.resolve("parked.md"), text);
        System.out.println(text);
        System.out.println("Written to " + to);
    }
}
