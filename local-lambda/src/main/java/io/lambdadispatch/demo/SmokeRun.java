package io.lambdadispatch.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends a few requests of each kind through a running router to the demo app, and prints a line for each kind. Exit code 0
 * when all were answered as they should be, 1 otherwise. Arguments: the router's URL, local-lambda's URL, the console's URL.
 */
public final class SmokeRun {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final int AT_ONCE = 50;
    private static final int ECHO_BYTES = 1024 * 1024;
    private static final Pattern BUSY = Pattern.compile("\"busy\"\\s*:\\s*(\\d+)");

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();
    private final String router;
    private final String localLambda;
    private final String console;
    private boolean failed;

    private SmokeRun(String router, String localLambda, String console) {
        this.router = router;
        this.localLambda = localLambda;
        this.console = console;
    }

    private interface Check {
        /** What was seen, for the line. */
        String run() throws Exception;
    }

    /** Runs all checks, also when one of them fails. */
    public static void main(String[] args) {
        SmokeRun run = new SmokeRun(args[0], args[1], args[2]);
        run.check("/fact", run::fact);
        run.check("/ping", run::ping);
        run.check("/echo", run::echo);
        run.check("/chunked-response", run::streaming);
        run.check(AT_ONCE + " at once from zero instances", run::burst);
        run.check("/console", run::console);
        System.exit(run.failed ? 1 : 0);
    }

    private void check(String name, Check check) {
        long began = System.nanoTime();
        String seen;
        String verdict = "ok    ";
        try {
            seen = check.run();
        } catch (Exception e) {
            failed = true;
            verdict = "FAILED";
            seen = e.toString();
        }
        System.out.printf("%s %s: %s, %d ms%n", verdict, name, seen, since(began));
    }

    private static long since(long beganNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
    }

    private String fact() throws Exception {
        String body = get("/fact").body();
        return expect(body.contains("fact"), "200, " + body.strip());
    }

    private String ping() throws Exception {
        String body = get("/ping").body();
        return expect(body.strip().equals("pong"), "200, " + body.strip());
    }

    private String echo() throws Exception {
        byte[] sent = new byte[ECHO_BYTES];
        new Random(1).nextBytes(sent);
        HttpRequest request =
                request("/echo").POST(BodyPublishers.ofByteArray(sent)).build();
        HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
        String checksum = sha256(response.body());
        boolean isSame = response.statusCode() == 200 && checksum.equals(sha256(sent));
        return expect(
                isSame,
                response.statusCode() + ", " + response.body().length + " bytes, SHA-256 " + checksum.substring(0, 12));
    }

    private String streaming() throws Exception {
        long began = System.nanoTime();
        HttpRequest request = request("/chunked-response").GET().build();
        HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String first = lines.readLine();
            long firstMs = since(began);
            long count = 1 + lines.lines().count();
            long lastMs = since(began);
            boolean isStreamed = first != null && count > 1 && lastMs - firstMs > 1000;
            return expect(
                    isStreamed, count + " lines, the first after " + firstMs + " ms, the last after " + lastMs + " ms");
        }
    }

    private String burst() throws Exception {
        awaitNoInstance();
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            HttpRequest request = request("/delay?delay=50").GET().build();
            answers.add(
                    http.sendAsync(request, BodyHandlers.ofString()).thenApply(answer -> answer.statusCode() == 200));
        }
        int good = 0;
        for (CompletableFuture<Boolean> answer : answers) {
            good += answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS) ? 1 : 0;
        }
        return expect(good == AT_ONCE, good + " of " + AT_ONCE + " answered 200");
    }

    /** The page, and the past that its charts begin with. */
    private String console() throws Exception {
        HttpResponse<String> page = http.send(
                HttpRequest.newBuilder(URI.create(console)).timeout(LIMIT).build(), BodyHandlers.ofString());
        HttpResponse<String> history = http.send(
                HttpRequest.newBuilder(URI.create(console + "/history?pool=default"))
                        .timeout(LIMIT)
                        .build(),
                BodyHandlers.ofString());
        long samples = history.body().chars().filter(c -> c == '[').count() - 2;
        boolean isThere = page.statusCode() == 200 && page.body().contains("console.js") && history.statusCode() == 200;
        return expect(isThere && samples > 0, page.statusCode() + ", " + samples + " samples of its charts");
    }

    /** An instance without work leaves after a moment: its environment is not busy any more. */
    private void awaitNoInstance() throws IOException, InterruptedException {
        long began = System.nanoTime();
        while (busyEnvironments() > 0) {
            if (since(began) > LIMIT.toMillis()) {
                throw new IOException("instances do not leave although nothing is asked of them");
            }
            Thread.sleep(LOOK_AGAIN.toMillis());
        }
    }

    private int busyEnvironments() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(localLambda + "/local-lambda/stats"))
                .build();
        Matcher busy = BUSY.matcher(http.send(request, BodyHandlers.ofString()).body());
        int sum = 0;
        while (busy.find()) {
            sum += Integer.parseInt(busy.group(1));
        }
        return sum;
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request(path).GET().build(), BodyHandlers.ofString());
        expect(response.statusCode() == 200, "status " + response.statusCode() + ' ' + response.body());
        return response;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(router + path)).timeout(LIMIT);
    }

    private static String expect(boolean condition, String seen) throws IOException {
        if (!condition) {
            throw new IOException(seen);
        }
        return seen;
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
