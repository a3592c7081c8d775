package io.lambdadispatch.benchmarks.system;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A router of this project, on free ports, called back over h2c if nothing else is set. */
public final class Router implements AutoCloseable {
    private static final Pattern USERS = Pattern.compile("users http=(\\d+)");
    private static final Pattern INSTANCES = Pattern.compile("instances http=(\\d+)");
    private static final Pattern INSTANCES_TLS = Pattern.compile("instances http=\\S+ https=(\\d+)");
    private static final Pattern OPERATORS = Pattern.compile("operators http=(\\d+)");

    private final Service service;
    private final int port;
    private final int figuresPort;

    /**
     * One that runs already.
     *
     * @param service its process
     * @param port where users enter, HTTP/1.1
     * @param figuresPort where it tells its figures without TLS: instances' port, or operators'
     */
    public Router(Service service, int port, int figuresPort) {
        this.service = service;
        this.port = port;
        this.figuresPort = figuresPort;
    }

    /** Starts this checkout's standalone router as {@link #start(Build, String, Map, Map, Path)} does. */
    public static Router start(
            String lambdaUrl, Map<String, String> settings, Map<String, String> environment, Path logs)
            throws IOException, InterruptedException {
        return start(Build.own(), lambdaUrl, settings, environment, logs);
    }

    /**
     * Starts the standalone router; it takes requests when this returns.
     *
     * @param build whose
     * @param lambdaUrl where it invokes
     * @param settings by their names in docs/configuration.md, beside those of ports and addresses
     * @param environment more variables, such as {@code JAVA_OPTS}
     */
    public static Router start(
            Build build, String lambdaUrl, Map<String, String> settings, Map<String, String> environment, Path logs)
            throws IOException, InterruptedException {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("AWS_LAMBDA_SERVICE_URL", lambdaUrl);
        Map<String, String> all = new HashMap<>(Map.of(
                "BindAddress", "127.0.0.1",
                "RouterCallbackHost", "127.0.0.1",
                "IncomingRequestHTTPPort", "0",
                "IncomingRequestHTTPSPort", "off",
                "ControlChannelInsecureHTTP2Port", "0",
                "ControlChannelHTTP2Port", "off",
                "AllowInsecureControlChannel", "true",
                "PreferredControlChannelScheme", "http"));
        all.putAll(settings);
        all.forEach((name, value) -> variables.put("LAMBDA_DISPATCH_" + name, value));
        Service service = Service.start("router", List.of(build.router().toString(), "run"), variables, logs);
        // With TLS alone there is no other port to ask for figures.
        Pattern figures = settings.containsKey("AdminPort") ? OPERATORS : INSTANCES;
        return new Router(
                service, Integer.parseInt(service.awaitLine(USERS)), Integer.parseInt(service.awaitLine(figures)));
    }

    /** Where users enter, HTTP/1.1. */
    public int port() {
        return port;
    }

    /** Where the standalone router is called back over TLS. */
    public int controlTlsPort() throws IOException, InterruptedException {
        return Integer.parseInt(service.awaitLine(INSTANCES_TLS));
    }

    public Processes processes() {
        return service.processes();
    }

    public long pid() {
        return service.pid();
    }

    /** A figure of {@code /metrics}, summed over all pools. */
    public double figure(String name) throws IOException, InterruptedException {
        Pattern line = Pattern.compile("(?m)^" + Pattern.quote(name) + "[^\\n]* (\\S+)$");
        return line.matcher(Http.get("http://127.0.0.1:" + figuresPort + "/metrics"))
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
    }

    /** Waits until a figure of {@code /metrics} is at least that. */
    public void await(String name, double least) throws IOException, InterruptedException {
        Await.until(name + " is " + least, () -> {
            service.requireAlive();
            return figure(name) >= least;
        });
    }

    /** Waits until a figure of {@code /metrics} is at most that. */
    public void awaitAtMost(String name, double most) throws IOException, InterruptedException {
        Await.until(name + " is at most " + most, () -> {
            service.requireAlive();
            return figure(name) <= most;
        });
    }

    /** Waits until so many instances take requests. */
    public void awaitOpenInstances(int least) throws IOException, InterruptedException {
        Await.until(least + " open instances", () -> {
            service.requireAlive();
            return openInstances() >= least;
        });
    }

    private long openInstances() throws IOException, InterruptedException {
        Pattern open = Pattern.compile("lambda_dispatch_instances\\{[^}]*state=\"open\"[^}]*} (\\S+)");
        return (long) open.matcher(Http.get("http://127.0.0.1:" + figuresPort + "/metrics"))
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
    }

    /** Tells why it has ended, if so. */
    public void requireAlive() throws IOException {
        service.requireAlive();
    }

    @Override
    public void close() {
        service.close();
    }
}
