package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lambdadispatch.testkit.Await;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example apps, unchanged, from the packages that would be deployed. Skipped, with the reason, where a tool is missing. */
@Tag("processes")
class PackagesIT {
    private static final int MISSING_TOOL = 3;

    /** local-lambda's options for that example: names and values in turn. */
    private static List<String> options(String app) throws Exception {
        File told = Files.createTempFile("package-" + app, ".txt").toFile();
        Process process = new ProcessBuilder(
                        Distributions.root().resolve("examples/package").toString(), app)
                .redirectOutput(told)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int status = process.waitFor();
        List<String> options = Files.readAllLines(told.toPath());
        assumeTrue(status != MISSING_TOOL, () -> "the example '" + app + "' is skipped: a tool is missing");
        assertEquals(0, status, options::toString);
        return options;
    }

    private static LocalSystem systemWith(String app) throws Exception {
        return start("package-" + app, options(app));
    }

    private static LocalSystem start(String name, List<String> options) throws Exception {
        LocalSystem.Builder builder = LocalSystem.named(name);
        for (int i = 0; i < options.size(); i += 2) {
            builder.option(options.get(i), options.get(i + 1));
        }
        return builder.start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "node", "war"})
    void runsFromItsPackage(String app) throws Exception {
        try (LocalSystem system = systemWith(app)) {
            assertServes(system);
        }
    }

    /** Without a wrapper, for there the layer is the runtime; and with a command instead of a handler. */
    @Test
    void theLayerStartsByItselfWhereTheRuntimeIsProvided() throws Exception {
        List<String> changed = new ArrayList<>();
        List<String> options = options("node");
        for (int i = 0; i < options.size(); i += 2) {
            String value = options.get(i + 1).replaceFirst("=nodejs.*", "=provided.al2023");
            if (!value.startsWith("AWS_LAMBDA_EXEC_WRAPPER") && !options.get(i).equals("--handler")) {
                changed.addAll(List.of(options.get(i), value));
            }
        }
        changed.addAll(List.of("--env", "LAMBDA_DISPATCH_APP_COMMAND=exec node server.js"));
        try (LocalSystem system = start("package-provided", changed)) {
            assertServes(system);
        }
    }

    private static void assertServes(LocalSystem system) throws IOException, InterruptedException {
        var fact = system.http().send(system.request("/fact").build(), BodyHandlers.ofString());
        assertEquals(200, fact.statusCode());
        assertTrue(fact.body().contains("fact"), fact.body());
        byte[] sent = new byte[300_000];
        new Random(1).nextBytes(sent);
        byte[] got = system.http()
                .send(
                        system.request("/echo")
                                .POST(BodyPublishers.ofByteArray(sent))
                                .build(),
                        BodyHandlers.ofByteArray())
                .body();
        assertArrayEquals(sent, got);
    }

    /** Lines may have come before the kill. */
    private static void readToEnd(BufferedReader lines) throws IOException {
        while (lines.readLine() != null) {}
    }

    @Test
    void anAppThatIsKilledInItsAnswerIsAbortedFailsTheInvokeAndIsReplaced() throws Exception {
        try (LocalSystem system = systemWith("node")) {
            var answer = system.http()
                    .send(system.request("/chunked-response?delay=20000").build(), BodyHandlers.ofInputStream());
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                assertEquals("the first line, at once", lines.readLine());
                // Also the one of the environment that is kept warm.
                List<ProcessHandle> nodes = ProcessHandle.current()
                        .descendants()
                        .filter(process -> process.info().command().orElse("").endsWith("/node"))
                        .toList();
                nodes.forEach(ProcessHandle::destroyForcibly);
                assertThrows(IOException.class, () -> readToEnd(lines), "never a clean end");
            }
            Pattern failed = Pattern.compile("\"functionErrors\":[1-9]");
            Await.until("the invoke has failed", () -> failed.matcher(system.stats())
                    .find());
            assertEquals(
                    200,
                    system.http()
                            .send(system.request("/fact").build(), BodyHandlers.ofString())
                            .statusCode());
            assertTrue(
                    Pattern.compile("\"coldStarts\":[2-9]")
                            .matcher(system.stats())
                            .find(),
                    system.stats());
        }
    }
}
