package io.lambdadispatch.local;

import io.lambdadispatch.local.config.FunctionSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A runtime for tests, run as an environment's process. It does what the payload, a JSON string, says: {@code "answer
 * x"}, {@code "error"}, {@code "exit 3"}, {@code "hang"}, {@code "gate PORT"}, {@code "variable NAME"}, {@code "spawn"},
 * {@code "large"}, {@code "headers"}, {@code "pid"}, {@code "die-after"}. Other payloads it sends back. The variable
 * {@code STAND_IN_RESULT} is what it answers to any payload, if set.
 */
final class StandInRuntime {
    private static final String API = "http://" + System.getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/";
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private StandInRuntime() {}

    /** The command that starts it. */
    static List<String> command() {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return List.of(
                java.toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx48m",
                "-cp",
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                StandInRuntime.class.getName());
    }

    static FunctionSettings function(String name) {
        return FunctionSettings.of(name, command());
    }

    public static void main(String[] args) throws Exception {
        String onTerm = System.getenv("STAND_IN_TERM_FILE");
        if (onTerm != null) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> write(Path.of(onTerm))));
        }
        String init = System.getenv().getOrDefault("STAND_IN_INIT", "");
        if (init.equals("error")) {
            post("init/error", "{\"errorType\":\"Stand.In\",\"errorMessage\":\"no init\"}");
            System.exit(1);
        } else if (init.startsWith("exit")) {
            System.exit(Integer.parseInt(init.substring(5)));
        }
        if (System.getenv("STAND_IN_EXTENSION") != null) {
            registerExtension();
        }
        System.out.println("stand-in runtime is ready");
        while (true) {
            next();
        }
    }

    private static void registerExtension() throws Exception {
        URI root = URI.create("http://" + System.getenv("AWS_LAMBDA_RUNTIME_API") + "/2020-01-01/extension/");
        HttpResponse<String> registered = CLIENT.send(
                HttpRequest.newBuilder(root.resolve("register"))
                        .header("Lambda-Extension-Name", "stand-in")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"events\":[]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        HttpRequest next = HttpRequest.newBuilder(root.resolve("event/next"))
                .header("Lambda-Extension-Identifier", header(registered, "Lambda-Extension-Identifier"))
                .build();
        if (System.getenv("STAND_IN_EXTENSION").equals("asks")) {
            CompletableFuture<HttpResponse<Void>> unused =
                    CLIENT.sendAsync(next, HttpResponse.BodyHandlers.discarding());
        }
    }

    private static void next() throws Exception {
        HttpResponse<String> invocation = CLIENT.send(
                HttpRequest.newBuilder(URI.create(API + "invocation/next")).build(),
                HttpResponse.BodyHandlers.ofString());
        String id = header(invocation, "Lambda-Runtime-Aws-Request-Id");
        String payload = invocation.body();
        String[] words = payload.replace("\"", "").split(" ", 2);
        String path = "invocation/" + id + "/response";
        String result = System.getenv("STAND_IN_RESULT");
        if (result != null) {
            post(path, result);
            return;
        }
        switch (words[0]) {
            case "answer" -> post(path, "\"" + words[1] + "\"");
            case "error" ->
                post("invocation/" + id + "/error", "{\"errorType\":\"Stand.In\",\"errorMessage\":\"as asked\"}");
            case "exit" -> Runtime.getRuntime().halt(Integer.parseInt(words[1]));
            case "hang" -> Thread.currentThread().join();
            case "gate" -> {
                awaitEndOf(Integer.parseInt(words[1]));
                post(path, "\"through the gate\"");
            }
            case "variable" -> post(path, "\"" + System.getenv(words[1]) + "\"");
            case "spawn" ->
                post(
                        path,
                        Long.toString(
                                new ProcessBuilder("sleep", "1000").start().pid()));
            case "pid" -> post(path, Long.toString(ProcessHandle.current().pid()));
            case "large" -> post(path, "\"" + "x".repeat(7_000_000) + "\"");
            case "headers" -> post(path, asJson(invocation.headers().map()));
            case "die-after" -> {
                post(path, "\"last words\"");
                Runtime.getRuntime().halt(7);
            }
            default -> post(path, payload);
        }
    }

    private static String asJson(Map<String, List<String>> headers) {
        StringBuilder json = new StringBuilder("{\"time\":" + System.currentTimeMillis());
        headers.forEach((name, values) -> json.append(String.format(
                ",\"%s\":\"%s\"", name.toLowerCase(Locale.ROOT), values.get(0).replace("\"", "'"))));
        return json.append("}").toString();
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers()
                .firstValue(name)
                .orElseThrow(() -> new IllegalStateException(response.statusCode() + " without " + name));
    }

    private static void post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(API + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        int status = CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        System.out.println("posted " + path + ": " + status);
    }

    private static void awaitEndOf(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                InputStream input = socket.getInputStream()) {
            while (input.read() >= 0) {
                // Nothing is ever sent.
            }
        }
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "terminated");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
