package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.BenchmarkException;
import io.lambdadispatch.benchmarks.system.Http;
import io.lambdadispatch.benchmarks.system.Installation;
import io.lambdadispatch.benchmarks.system.Launch;
import io.lambdadispatch.benchmarks.system.Machine;
import io.lambdadispatch.benchmarks.system.Ports;
import io.lambdadispatch.benchmarks.system.Service;
import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
        description = "The cost of a hop: router and client beside nginx, HAProxy and Jetty's ProxyHandler.")
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
            names = "--only",
            description = "Only workloads whose name has this text, such as 'ping, 100'; default: all five.")
    private String only = "";

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
        Path nginxProgram = require("nginx", "NGINX");
        Path haproxyProgram = require("haproxy", "HAPROXY");
        Path wrkProgram = require("wrk", "WRK");
        Installation.router();
        Installation.client();
        Installation.localLambda();
        Path logs = Files.createTempDirectory("lambda-dispatch-hop.");
        System.out.println("Logs: " + logs);
        Peers peers = new Peers(new Nginx(nginxProgram, logs), new HaProxy(haproxyProgram, logs), logs);
        Wrk wrk = new Wrk(wrkProgram, logs);
        if (!peers.haproxy().hasReverseHttp()) {
            System.out.println("Left out: HAProxy's reverse HTTP. " + haproxyProgram
                    + " is older than 2.9; HAPROXY=/path/to/haproxy names another one.");
        }
        HopResults results = new HopResults();
        int filePort = Ports.free();
        try (Service unused = peers.nginx().startFiles(filePort)) {
            measure(peers, filePort, "/ping", workloads(false), wrk, results);
        }
        int echoPort = Ports.free();
        try (Service echo = java("app-echo", logs, EchoApp.class, echoPort)) {
            Ports.await(echoPort, echo);
            measure(peers, echoPort, "/", workloads(true), wrk, results);
        }
        write(
                results,
                String.join(
                        "; ",
                        Machine.describe(),
                        Machine.version(nginxProgram.toString(), "-v"),
                        Machine.version(haproxyProgram.toString(), "-v").replaceAll(" - http.*", ""),
                        Machine.version(wrkProgram.toString(), "-v").replaceAll(" Copyright.*", ""),
                        "Jetty " + org.eclipse.jetty.util.Jetty.VERSION));
        return 0;
    }

    private static Path require(String name, String variable) throws BenchmarkException {
        return Installation.program(name, variable)
                .orElseThrow(() -> new BenchmarkException("no " + name + " found. Debian: apt-get install " + name
                        + "; or " + variable + "=/path/to/" + name));
    }

    private List<Workload> workloads(boolean echo) {
        return Workload.ALL.stream()
                .filter(workload ->
                        workload.isEcho() == echo && workload.label().contains(only))
                .toList();
    }

    private void measure(Peers peers, int app, String health, List<Workload> workloads, Wrk wrk, HopResults results)
            throws Exception {
        if (workloads.isEmpty()) {
            return;
        }
        List<Side> sides = new ArrayList<>();
        try {
            peers.start(app, health, sides);
            for (Workload workload : workloads) {
                warmUp(sides, workload, wrk);
                measure(sides, workload, wrk, results);
            }
        } finally {
            sides.forEach(Side::close);
        }
    }

    private void warmUp(List<Side> sides, Workload workload, Wrk wrk) throws IOException, InterruptedException {
        for (Side side : sides) {
            check(side, workload);
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

    /** How all sides are started. */
    private record Peers(Nginx nginx, HaProxy haproxy, Path logs) {
        /** Adds them to {@code started} one by one, so that whoever closes them knows them, should one fail to start. */
        void start(int app, String health, List<Side> started) throws IOException, InterruptedException {
            started.add(nginx.startProxy(app));
            started.add(haproxy.startOneHop(app));
            started.add(haproxy.startTwoHops(app));
            if (haproxy.hasReverseHttp()) {
                started.add(haproxy.startReverse(app));
            }
            started.add(jettyProxy(app, logs));
            started.add(LambdaDispatchSide.start(app, health, logs));
        }
    }

    private static Side jettyProxy(int app, Path logs) throws IOException, InterruptedException {
        int port = Ports.free();
        Service service = java("jetty-proxy", logs, JettyProxy.class, port, app);
        Ports.await(port, service);
        return new ProxySide("Jetty ProxyHandler, 1 hop", port, List.of(service));
    }

    private static Service java(String name, Path logs, Class<?> main, int... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        Arrays.stream(arguments).mapToObj(Integer::toString).forEach(command::add);
        return Service.start(name, command, Map.of(), logs);
    }

    /** What is fast because it is wrong is not measured. A pair whose second hop has yet to connect may refuse a while. */
    private static void check(Side side, Workload workload) throws IOException, InterruptedException {
        byte[] body = new byte[workload.bodyBytes()];
        Arrays.fill(body, (byte) 'x');
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + side.port() + workload.path()));
        if (workload.isEcho()) {
            request.POST(BodyPublishers.ofByteArray(body));
        }
        Await.until(
                side.name() + " does not answer 503",
                () -> Http.send(request.build()).statusCode() != 503);
        HttpResponse<byte[]> answer = Http.send(request.build());
        boolean whole = workload.isEcho()
                ? Arrays.equals(body, answer.body())
                : answer.body().length == (workload.path().equals("/ping") ? 4 : Workload.IMAGE_BYTES);
        if (answer.statusCode() != 200 || !whole) {
            throw new IOException(side.name() + " answers " + workload.path() + " with status " + answer.statusCode()
                    + " and " + answer.body().length + " bytes");
        }
    }

    private void write(HopResults results, String conditions) throws IOException {
        Path to = Files.createDirectories(Installation.root().resolve(directory));
        Files.writeString(to.resolve("hop-cpu.svg"), results.cpuChart());
        Files.writeString(to.resolve("hop-throughput.svg"), results.throughputChart());
        Files.writeString(to.resolve("hop-p99.svg"), results.tailChart());
        String text = "# The cost of a hop\n\n" + conditions + ". Medians of " + rounds + " rounds of " + seconds
                + " s, all sides in turn, after " + warmUp + " s of warm-up each.\n"
                + results.toMarkdown()
                + "\n![CPU a request](hop-cpu.svg)\n\n![Requests a second](hop-throughput.svg)\n\n"
                + "![99th percentile](hop-p99.svg)\n";
        Files.writeString(to.resolve("hop.md"), text);
        System.out.println(text);
        System.out.println("Written to " + to);
    }
}
