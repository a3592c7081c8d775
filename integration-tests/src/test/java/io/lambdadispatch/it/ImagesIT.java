package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The images of {@code docker/}, as far as they can be without a container engine: see {@link Image}. Skipped where they cannot. */
@Tag("processes")
class ImagesIT {
    private static final Pattern LAMBDA_URL = Pattern.compile("local-lambda listens on (http:\\S+)");
    private static final Pattern USERS_PORT = Pattern.compile("users http=(\\d+)");

    @BeforeAll
    static void needsMountNamespaces() throws IOException {
        Optional<String> obstacle = Image.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> "images are not built: " + obstacle.orElseThrow());
    }

    @Test
    void composeServesTheDemo() throws Exception {
        Path logs = logs("compose");
        Image local = Image.build("local-lambda");
        Map<String, String> localChanges = Map.of("LOCAL_LAMBDA_HOST", "127.0.0.1", "LOCAL_LAMBDA_PORT", "0");
        try (Service lambda =
                Service.start("local-lambda", local.entryPoint(Image.Tmp.WRITABLE, localChanges), Map.of(), logs)) {
            Map<String, String> router = composed("router");
            router.put("AWS_LAMBDA_SERVICE_URL", lambda.awaitLine(LAMBDA_URL));
            Image image = Image.build("router");
            serves(image, router, logs);
            canBeLookedInto(image);
        }
    }

    @Test
    void theFunctionsImageServes() throws Exception {
        Image function = Image.build("lambda");
        Path bootstrap = Distributions.build().resolve("images/bootstrap");
        Files.writeString(bootstrap, "#!/bin/sh\nexec " + quoted(function.entryPointOfFunction()) + "\n");
        Files.setPosixFilePermissions(bootstrap, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (LocalSystem system = LocalSystem.named("function-image")
                .option("--function", "lambda-dispatch-demo=" + bootstrap)
                .start()) {
            var fact = system.http().send(system.request("/fact").build(), BodyHandlers.ofString());
            assertEquals(200, fact.statusCode(), fact::body);
            assertTrue(fact.body().contains("fact"), fact.body());
        }
    }

    /** From its start to its end by SIGTERM. */
    private static void serves(Image image, Map<String, String> settings, Path logs) throws Exception {
        try (Service router =
                Service.start("router", image.entryPoint(Image.Tmp.READ_ONLY, settings), Map.of(), logs)) {
            String users = "http://127.0.0.1:" + router.awaitLine(USERS_PORT);
            assertEquals(
                    "10001",
                    Files.getAttribute(Path.of("/proc/" + router.pid()), "unix:uid")
                            .toString());
            assertTrue(isHealthy(image, settings), "the health check of a router that runs");
            assertTrue(get(users + "/fact").contains("fact"));
            String figures = get("http://127.0.0.1:" + operatorsPort(settings) + "/metrics");
            assertTrue(figures.contains("lambda_dispatch_requests_total{"), figures);
            assertTrue(figures.contains("jvm_memory_used_bytes{"), figures);
            assertTrue(isAlive(image, settings), "the health check of operators' port");

            router.signal("TERM");
            Await.until("a router that leaves is unhealthy", () -> !isHealthy(image, settings));
            assertEquals(0, router.awaitEnd(), "the signal reaches the router itself, which ends in order");
            assertFalse(isHealthy(image, settings), "the health check of a router that is gone");
            assertFalse(isAlive(image, settings), "the same on operators' port");
        }
    }

    /** The variables that {@code compose.yaml} gives a service, with its containers' names and ports as they are here. */
    private static Map<String, String> composed(String service) throws IOException {
        Map<String, Map<String, Map<String, String>>> services;
        try (Reader compose = Files.newBufferedReader(Dockerfile.path("compose.yaml"))) {
            Map<String, Map<String, Map<String, Map<String, String>>>> file = new Yaml().load(compose);
            services = file.get("services");
        }
        Map<String, String> variables = new HashMap<>(services.get(service).get("environment"));
        variables.replace("LAMBDA_DISPATCH_RouterCallbackHost", "127.0.0.1");
        variables.put("LAMBDA_DISPATCH_BindAddress", "127.0.0.1");
        // The health check must know it.
        variables.put("LAMBDA_DISPATCH_IncomingRequestHTTPPort", Integer.toString(ReservedPort.take()));
        variables.put("LAMBDA_DISPATCH_IncomingRequestHTTPSPort", "0");
        variables.put("LAMBDA_DISPATCH_ControlChannelHTTP2Port", "0");
        variables.put("LAMBDA_DISPATCH_ChannelKeepAlive", "00:01:00");
        variables.put("LAMBDA_DISPATCH_AdminPort", Integer.toString(ReservedPort.take()));
        // Long enough for a health check in between.
        variables.put("LAMBDA_DISPATCH_DrainDelay", "2s");
        return variables;
    }

    private static boolean isHealthy(Image image, Map<String, String> settings) throws IOException {
        return CommandRun.of(image.healthCheck(settings), Map.of()).exitCode() == 0;
    }

    private static String operatorsPort(Map<String, String> settings) {
        return settings.get("LAMBDA_DISPATCH_AdminPort");
    }

    /** What Kubernetes' liveness probe asks. */
    private static boolean isAlive(Image image, Map<String, String> settings) throws IOException {
        List<String> probe = image.exec(Image.Tmp.READ_ONLY, settings, "/opt/healthcheck", operatorsPort(settings));
        return CommandRun.of(probe, Map.of()).exitCode() == 0;
    }

    /** An agent, such as OpenTelemetry's, and a flight recording, which needs a place to write to. */
    private static void canBeLookedInto(Image image) throws IOException {
        Agent.writeJar(image.inOpt("agent.jar"));
        List<String> java = image.exec(
                Image.Tmp.WRITABLE,
                Map.of(),
                "/opt/java/bin/java",
                "-javaagent:/opt/agent.jar",
                "-XX:StartFlightRecording:settings=default",
                "-version");
        CommandRun run = CommandRun.of(java, Map.of());
        assertEquals(0, run.exitCode(), run::output);
        assertTrue(run.output().contains(Agent.RUNS), run::output);
        assertTrue(run.output().contains("Started recording 1"), run::output);
    }

    private static String get(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofMinutes(3))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    private static String quoted(List<String> words) {
        return words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }

    private static Path logs(String name) throws IOException {
        return Files.createDirectories(
                Distributions.build().resolve("logs/images").resolve(name));
    }
}
