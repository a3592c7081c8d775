package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Build;
import io.lambdadispatch.benchmarks.system.Installation;
import io.lambdadispatch.benchmarks.system.Launch;
import io.lambdadispatch.benchmarks.system.Machine;
import io.lambdadispatch.benchmarks.system.Ports;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What do router and client cost a request, beside nginx, HAProxy and Jetty's own proxy in front of the same app?
 *
 * <p>Workload: wrk on one thread; the app is nginx for files and {@link EchoApp} for echoes; all sides run all the time, are loaded
 * in turn, some seconds each, and each figure is the median of all rounds. Only the sides' own processes count as CPU. Run it by
 * {@code benchmarks/run hop}.
 */
@Command(
        name = "benchmarks/run hop",
        sortOptions = false,
        description =
                "The cost of a hop: router and client beside nginx, HAProxy and Jetty's ProxyHandler."
                        + " Environment: HAPROXY_PAIRS names one or more HAProxies for the reverse HTTP pairs, colon-separated.")
public final class HopBenchmark implements Callable<Integer> {
    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of a workload (default ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            description = "Load on each side in a round (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "30",
            description = "Seconds of load on each side before a workload's first round (default ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--sides",
            split = ",",
            description = "What is measured, comma-separated: ${COMPLETION-CANDIDATES}; default: all.")
    private List<SideKind> sideKinds = List.of();

    @Option(
            names = "--workloads",
            split = ",",
            description = "Of what, comma-separated: ${COMPLETION-CANDIDATES}; default: all.")
    private List<Workload> chosenWorkloads = List.of();

    @Option(
            names = "--builds",
            split = ",",
            description = "Checkouts, built by mvn package, whose routers and clients are measured beside each other,"
                    + " comma-separated; default: this one.")
    private List<Path> checkouts = List.of();

    @Option(
            names = "--to",
            defaultValue = "docs/performance",
            description = "Directory for hop.md and its charts (default ${DEFAULT-VALUE}).")
    private Path directory;

    @Option(names = "--help", usageHelp = true, description = "Show this.")
    @SuppressWarnings("unused") // picocli's
    private boolean help;

    private HopBenchmark() {}

    /** Ends with the status of {@link Launch#run}. */
    public static void main(String[] args) {
        System.exit(Launch.run(new HopBenchmark(), args));
    }

    @Override
    public Integer call() throws Exception {
        Set<SideKind> kinds = chosen(sideKinds, SideKind.class);
        Path nginxProgram = Installation.require("nginx", "NGINX");
        Path wrkProgram = Installation.require("wrk", "WRK");
        Path logs = Files.createTempDirectory("lambda-dispatch-hop.");
        System.out.println("Logs: " + logs);
        Nginx nginx = new Nginx(nginxProgram, logs);
        HaProxies haproxies = kinds.stream().anyMatch(SideKind::isHaProxy) ? HaProxies.find(logs) : null;
        Sides sides = new Sides(kinds, builds(), nginx, haproxies, HopKey.make(logs), logs);
        sides.requireBuilds();
        Wrk wrk = new Wrk(wrkProgram, logs);
        HopResults results = new HopResults();
        int filePort = Ports.free();
        try (Service unused = nginx.startFiles(filePort)) {
            measure(sides, filePort, "/ping", workloads(false), wrk, results);
        }
        int echoPort = Ports.free();
        try (Service unused = OwnJava.start("app-echo", logs, EchoApp.class, echoPort)) {
            measure(sides, echoPort, "/", workloads(true), wrk, results);
        }
        List<String> conditions = new ArrayList<>(List.of(
                Machine.describe(),
                Machine.version(nginxProgram.toString(), "-v"),
                Machine.version(wrkProgram.toString(), "-v").replaceAll(" Copyright.*", ""),
                "Jetty " + org.eclipse.jetty.util.Jetty.VERSION));
        if (haproxies != null) {
            conditions.add(1, haproxies.describe());
        }
        if (kinds.contains(SideKind.WAR_IN_TOMCAT)) {
            conditions.add(Containers.tomcat().orElseThrow().getFileName().toString());
        }
        write(results, String.join("; ", conditions));
        return 0;
    }

    private static <E extends Enum<E>> Set<E> chosen(List<E> named, Class<E> all) {
        return named.isEmpty() ? EnumSet.allOf(all) : EnumSet.copyOf(named);
    }

    private List<Build> builds() {
        return checkouts.isEmpty()
                ? List.of(Build.own())
                : checkouts.stream()
                        .map(directory -> new Build(directory.toAbsolutePath().normalize()))
                        .toList();
    }

    private List<Workload> workloads(boolean echo) {
        return chosen(chosenWorkloads, Workload.class).stream()
                .filter(workload -> workload.isEcho() == echo)
                .toList();
    }

    private void measure(Sides sides, int app, String health, List<Workload> workloads, Wrk wrk, HopResults results)
            throws Exception {
        if (workloads.isEmpty()) {
            return;
        }
        List<Side> started = new ArrayList<>();
        try {
            sides.start(app, health, started);
            for (Workload workload : workloads) {
                warmUp(started, workload, wrk);
                measure(started, workload, wrk, results);
            }
        } finally {
            started.forEach(Side::close);
        }
    }

    private void warmUp(List<Side> sides, Workload workload, Wrk wrk) throws IOException, InterruptedException {
        for (Side side : sides) {
            HopCheck.check(side, workload);
            if (warmUp > 0) {
                wrk.load(side, workload, warmUp);
            }
        }
    }

    private void measure(List<Side> sides, Workload workload, Wrk wrk, HopResults results)
            throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            for (Side side : sides) {
                Round measured = wrk.load(side, workload, seconds);
                results.add(workload, side, measured);
                System.out.printf("%s, round %d, %s: %s%n", workload.label(), round, side.name(), measured);
            }
        }
    }

    private void write(HopResults results, String conditions) throws IOException {
        Path to = Files.createDirectories(Installation.root().resolve(directory));
        HopCharts charts = new HopCharts(results);
        Files.writeString(to.resolve("hop-cpu.svg"), charts.cpu());
        Files.writeString(to.resolve("hop-throughput.svg"), charts.throughput());
        Files.writeString(to.resolve("hop-p99.svg"), charts.tail());
        String text = "# The cost of a hop\n\n" + conditions + ". Medians of " + rounds + " rounds of " + seconds
                + " s, all sides in turn, after " + warmUp + " s of warm-up each.\n"
                + HopTables.of(results)
                + "\n![CPU a request](hop-cpu.svg)\n\n![Requests a second](hop-throughput.svg)\n\n"
                + "![99th percentile](hop-p99.svg)\n";
        Files.writeString(to.resolve("hop.md"), text);
        System.out.println(text);
        System.out.println("Written to " + to);
    }
}
