package io.lambdadispatch.it;

import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The packaged system on this machine: local-lambda and the router as processes of their own, on any free ports; the Lambda
 * clients and demo apps are started by local-lambda, as soon as the router invokes.
 */
final class LocalSystem implements AutoCloseable {
    private static final Pattern BUSY_ENVIRONMENT = Pattern.compile("\"id\":\"([^\"]+)\"[^}]*?\"state\":\"BUSY\"");
    private static final Pattern NONE_BUSY = Pattern.compile("\"busy\":0\\D");
    private static final Pattern LAMBDA_URL = Pattern.compile("local-lambda listens on (http:\\S+)");

    private static final Pattern BUSY_FOR =
            Pattern.compile("\"id\":\"([^\"]+)\"[^}]*?\"state\":\"BUSY\",\"busyMs\":(\\d+)");
    private static final Pattern INSTANCE_BEGINS = Pattern.compile("invoke ([0-9a-f-]{36}) begins");
    private static final String FUNCTION = "lambda-dispatch-demo";
    private static final Pattern IN_FLIGHT = Pattern.compile("\"requestsInFlight\":(\\d+)");

    /** Many processes start here for a short life: a compiler that aims at a long one would take what they need. */
    private static final String JAVA_OPTS = "-Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    /** Where much goes to and fro, that compiler pays: only its code has the processor's own instructions for AES. */
    private static final String JAVA_OPTS_FOR_LARGE_BODIES = "-Xmx128m -XX:+UseSerialGC";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Service localLambda;
    private final Service router;
    private final String lambdaUrl;
    private final String routerUrl;
    private final Map<String, String> routerEnvironment;
    private final Path logs;

    private LocalSystem(Builder builder) throws IOException {
        logs = Files.createDirectories(Distributions.build().resolve("logs").resolve(builder.name));
        if (builder.isObserved) {
            Telemetry.settings(accessLog()).forEach(builder::setting);
        }
        List<String> command = new ArrayList<>(List.of(
                Distributions.root()
                        .resolve("local-lambda/target/local-lambda/bin/local-lambda")
                        .toString(),
                "--port",
                "0",
                "--log-dir",
                logs.toString()));
        command.addAll(builder.lambdaOptions);
        localLambda = Service.start("local-lambda", command, Map.of(), logs);
        try {
            lambdaUrl = localLambda.awaitLine(LAMBDA_URL);
            builder.routerEnvironment.put("AWS_LAMBDA_SERVICE_URL", lambdaUrl);
            routerEnvironment = Map.copyOf(builder.routerEnvironment);
            router = builder.host.start(builder.routerEnvironment, logs);
        } catch (IOException | RuntimeException | AssertionError e) {
            localLambda.close();
            throw e;
        }
        try {
            routerUrl = builder.host.awaitUrl(router);
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    static Builder named(String name) {
        return new Builder(name);
    }

    /** How the system is to be set up. */
    static final class Builder {
        private final String name;
        private final List<String> lambdaOptions = new ArrayList<>();
        private final Map<String, String> routerEnvironment = new HashMap<>();
        private RouterHost host = new StandaloneRouter();
        private String clientJavaOptions;
        private boolean isObserved;

        private Builder(String name) {
            this.name = name;
            setting("FunctionName", FUNCTION);
            setting("BindAddress", "127.0.0.1");
            setting("RouterCallbackHost", "127.0.0.1");
            // On a machine with more to do than it can, a process may stand still for longer than the default.
            setting("ChannelKeepAlive", "00:01:00");
            for (String port : List.of(
                    "IncomingRequestHTTPPort",
                    "IncomingRequestHTTPSPort",
                    "ControlChannelInsecureHTTP2Port",
                    "ControlChannelHTTP2Port")) {
                setting(port, "0");
            }
            javaOptions(JAVA_OPTS);
        }

        /** Of the router. */
        Builder setting(String setting, String value) {
            routerEnvironment.put("LAMBDA_DISPATCH_" + setting, value);
            return this;
        }

        /** Of local-lambda. */
        Builder option(String option, String value) {
            lambdaOptions.add(option);
            lambdaOptions.add(value);
            return this;
        }

        /** Hundreds of megabytes go to and fro. */
        Builder forLargeBodies() {
            return javaOptions(JAVA_OPTS_FOR_LARGE_BODIES);
        }

        private Builder javaOptions(String options) {
            return routerJavaOptions(options).clientJavaOptions(options);
        }

        /** Of each client's JVM. */
        Builder clientJavaOptions(String options) {
            clientJavaOptions = options;
            return this;
        }

        /** Of the router's JVM. */
        Builder routerJavaOptions(String options) {
            routerEnvironment.put("JAVA_OPTS", options);
            return this;
        }

        /** What the router runs in; {@code bin/router} if nothing else is said. */
        Builder in(RouterHost routerHost) {
            host = routerHost;
            return this;
        }

        /** The router is one that tells its operators what there is to tell. */
        Builder observed() {
            isObserved = true;
            return this;
        }

        LocalSystem start() throws IOException {
            option("--env", "LAMBDA_DISPATCH_JAVA_OPTS=" + clientJavaOptions);
            return new LocalSystem(this);
        }
    }

    /** For users' requests, HTTP/1.1. */
    HttpClient http() {
        return http;
    }

    /** A user's request for that path; long limits, because cold starts on a busy machine are slow. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(routerUrl + path)).timeout(Duration.ofMinutes(3));
    }

    String routerUrl() {
        return routerUrl;
    }

    /** One on a new connection, byte by byte. */
    RawUser user() throws IOException {
        return RawUser.connect(usersPort());
    }

    /** One whose machine takes little at a time. */
    RawUser slowUser(int receiveBuffer) throws IOException {
        return RawUser.connectSlow(usersPort(), receiveBuffer);
    }

    private int usersPort() {
        return URI.create(routerUrl).getPort();
    }

    String routerLog() throws IOException {
        return router.readLog();
    }

    /** Waits until the router's log has it. */
    void awaitInLog(String text) {
        Await.until("the router's log has " + text, () -> routerLog().contains(text));
    }

    /** What an observed router tells. */
    Telemetry telemetry() {
        return new Telemetry(router, accessLog());
    }

    private Path accessLog() {
        return logs.resolve("access.json");
    }

    long routerPid() {
        return router.pid();
    }

    /** Whether a balancer would send users there. */
    boolean isHealthy() throws InterruptedException {
        try {
            return http.send(request("/health").build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** local-lambda's figures, JSON. */
    String stats() throws IOException, InterruptedException {
        URI url = URI.create(lambdaUrl + "/local-lambda/stats");
        return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString())
                .body();
    }

    /** Requests that the demo app is busy with, the one that asks included. */
    int debugRequestsInFlight() throws IOException, InterruptedException {
        Matcher matcher = IN_FLIGHT.matcher(
                http.send(request("/debug").build(), BodyHandlers.ofString()).body());
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** The id of an environment that runs an invoke. */
    String busyEnvironment() {
        return Await.value("a busy environment", () -> {
            Matcher matcher = BUSY_ENVIRONMENT.matcher(stats());
            return matcher.find() ? matcher.group(1) : null;
        });
    }

    /** Waits until no environment runs an invoke: nothing is billed any more. */
    void awaitNoneBusy() {
        Await.until("no environment is busy", () -> NONE_BUSY.matcher(stats()).find());
    }

    /** What local-lambda has counted, such as {@code attempts}: invokes asked for, those refused included. */
    long count(String name) throws IOException, InterruptedException {
        Matcher matcher = Pattern.compile('"' + name + "\":(\\d+)").matcher(stats());
        if (!matcher.find()) {
            throw new IOException("local-lambda does not count " + name);
        }
        return Long.parseLong(matcher.group(1));
    }

    /** SIGKILL for all processes of that environment. */
    void kill(String environmentId) throws IOException, InterruptedException {
        require("environments/" + environmentId + "/kill");
    }

    /** SIGSTOP for all processes of that environment: as if its network were cut. */
    void freeze(String environmentId) throws IOException, InterruptedException {
        require("environments/" + environmentId + "/freeze");
    }

    /**
     * Stops that environment for good, if the instance in it has requests: they can then not end before it is killed. To be asked of
     * a system that is observed.
     *
     * @return false when it has none, and so goes on
     */
    boolean freezesAtWork(String environmentId) throws IOException, InterruptedException {
        freeze(environmentId);
        Optional<String> instance = instanceIn(environmentId);
        if (instance.isPresent() && telemetry().running(instance.get()) > 0) {
            return true;
        }
        thaw(environmentId);
        return false;
    }

    /** SIGCONT for them. */
    void thaw(String environmentId) throws IOException, InterruptedException {
        require("environments/" + environmentId + "/thaw");
    }

    /**
     * Environments that have been running an invoke for at least so long, and so are not just starting or init-only; the longest
     * first.
     */
    List<String> environmentsBusyFor(Duration least) throws IOException, InterruptedException {
        return BUSY_FOR.matcher(stats())
                .results()
                .filter(match -> Long.parseLong(match.group(2)) >= least.toMillis())
                .sorted(Comparator.comparingLong((MatchResult match) -> Long.parseLong(match.group(2)))
                        .reversed())
                .map(match -> match.group(1))
                .toList();
    }

    /**
     * The instance that this environment has been since it was given its latest invoke, as its router calls it: told in the
     * environment's own log, once the client in it has begun. Empty when it has been none, or has left by itself.
     */
    Optional<String> instanceIn(String environmentId) throws IOException {
        Path log = logs.resolve(FUNCTION + '-' + environmentId + ".log");
        String instance = null;
        for (String line : Files.exists(log) ? Files.readAllLines(log) : List.<String>of()) {
            Matcher begun = INSTANCE_BEGINS.matcher(line);
            if (begun.find()) {
                instance = begun.group(1);
            } else if (instance != null && line.contains("invoke " + instance + " ends")) {
                instance = null;
            }
        }
        return Optional.ofNullable(instance);
    }

    /** What is to go wrong with the function from now on, beside what does already: fields of local-lambda's JSON. */
    void faults(String json) throws IOException, InterruptedException {
        HttpResponse<String> answer = tell("POST", "functions/" + FUNCTION + "/faults", json);
        if (answer.statusCode() != 200) {
            throw new IOException("faults " + json + ": " + answer.body());
        }
    }

    /** No invoke is accepted, for that reason of AWS. */
    void refuseInvokes(String reason) throws IOException, InterruptedException {
        faults("{\"refuse\":\"" + reason + "\"}");
    }

    /** Nothing goes wrong any more. */
    void clearFaults() throws IOException, InterruptedException {
        int status = tell("DELETE", "functions/" + FUNCTION + "/faults", "").statusCode();
        if (status != 200) {
            throw new IOException("faults cannot be cleared: status " + status);
        }
    }

    private void require(String path) throws IOException, InterruptedException {
        int status = tell("POST", path, "").statusCode();
        if (status != 200) {
            throw new IOException(path + ": status " + status);
        }
    }

    private HttpResponse<String> tell(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(lambdaUrl + "/local-lambda/" + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** Another standalone router of the same function, with these settings changed; to be closed by the caller. */
    Service startRouter(String name, Map<String, String> changes) throws IOException {
        return StandaloneRouter.start(name, withChanges(changes), logs);
    }

    /** {@code bin/router stop}, with the router's settings. */
    CommandRun stopCommand() throws IOException {
        return stopCommand(Map.of());
    }

    /** {@code bin/router stop}, with the router's settings, and these changed. */
    CommandRun stopCommand(Map<String, String> changes) throws IOException {
        return StandaloneRouter.stop(withChanges(changes));
    }

    private Map<String, String> withChanges(Map<String, String> changes) {
        Map<String, String> changed = new HashMap<>(routerEnvironment);
        changes.forEach((setting, value) -> changed.put("LAMBDA_DISPATCH_" + setting, value));
        return changed;
    }

    /** Where the logs of all processes are. */
    Path logs() {
        return logs;
    }

    /** Waits for the router to end by itself; its exit code. */
    int awaitRouterEnd() {
        return router.awaitEnd();
    }

    /** A signal by its name, such as {@code INT}, for the router. */
    void signalRouter(String signal) throws IOException {
        router.signal(signal);
    }

    /** SIGTERM for the router; its exit code. */
    int endRouter() {
        return router.end();
    }

    /** Ends everything; what local-lambda started goes with it. */
    @Override
    public void close() {
        if (router != null) {
            router.close();
        }
        localLambda.close();
    }
}
