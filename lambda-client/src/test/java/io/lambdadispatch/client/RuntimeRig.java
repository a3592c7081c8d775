package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.testkit.Await;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The distribution as Lambda starts it: {@code bootstrap} as a process of its own, with the AWS runtime client, between a
 * scripted router and a scripted Runtime and Extensions API.
 */
final class RuntimeRig implements AutoCloseable {
    /** What a condition is waited for at most: processes take long to start on a machine that is busy. */
    static final long PATIENCE_SECONDS = 180;

    static final String NO_LAYER = "no layer is built: the JDK of the build has no jlink";

    /** What the client told the Runtime API. */
    record Answer(String path, String body) {}

    final ScriptedRouter router = new ScriptedRouter();
    final Map<String, String> environment = new HashMap<>();

    /** What an invoke asks for. */
    int channels = 1;

    /** What the client had open when the snapshot was taken. */
    volatile List<String> openAtSnapshot;

    /** What is started, and where. */
    Path bootstrap = target().resolve("lambda-dispatch-client/bootstrap");

    Path workingDirectory = Path.of("").toAbsolutePath();

    final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    /** Paths below {@code /2020-01-01/extension/} and the polls for invokes, in the order in which they were asked. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    private final BlockingQueue<byte[]> invokes = new LinkedBlockingQueue<>();
    private final HttpServer api;
    private final File log;
    private Process client;

    RuntimeRig(String name) throws Exception {
        log = target().resolve(name + ".log").toFile();
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        api.setExecutor(Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "runtime-api");
            thread.setDaemon(true);
            return thread;
        }));
        api.createContext("/2018-06-01/runtime/", this::serveRuntime);
        api.createContext("/2020-01-01/extension/", this::serveExtension);
        api.start();
        environment.put(
                "AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + api.getAddress().getPort());
        environment.put("LAMBDA_DISPATCH_LAST_ACTIVE_GRACE_PERIOD_MS", "60000");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    /** Where this module is built. */
    static Path target() {
        return Path.of(System.getProperty("basedir", "."), "target").toAbsolutePath();
    }

    /** The layer's zip file, if there is one. */
    static Optional<Path> layer() throws IOException {
        try (Stream<Path> built = Files.list(target())) {
            return built.filter(file -> file.getFileName().toString().matches("lambda-dispatch-layer-.*\\.zip"))
                    .findFirst();
        }
    }

    RuntimeRig start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(bootstrap.toString()).directory(workingDirectory.toFile());
        // What is set around the build is not for the client, and of a language that is not installed a shell
        // complains.
        builder.environment().keySet().removeIf(name -> name.startsWith("LAMBDA_DISPATCH_") || name.equals("LC_ALL"));
        builder.environment().putAll(environment);
        // The test JVM's own standard output belongs to the test runner.
        client = builder.redirectErrorStream(true).redirectOutput(log).start();
        return this;
    }

    long pid() {
        return client.pid();
    }

    /** What the client has open, as Linux names it. */
    List<String> openFiles() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> open =
                Files.newDirectoryStream(Path.of("/proc", Long.toString(client.pid()), "fd"))) {
            for (Path each : open) {
                try {
                    names.add(Files.readSymbolicLink(each).toString());
                } catch (NoSuchFileException e) {
                    // It has been closed meanwhile.
                }
            }
        }
        return names;
    }

    String log() throws IOException {
        return Files.readString(log.toPath());
    }

    void awaitLog(String text) {
        Await.until("'" + text + "' is in " + log, () -> log().contains(text));
    }

    void awaitCall(String call) {
        Await.until(() -> call + " is among " + calls, () -> calls.contains(call));
    }

    private void serveRuntime(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.endsWith("/restore/next")) {
            openAtSnapshot = openFiles();
            calls.add("restore/next");
            exchange.sendResponseHeaders(200, -1);
        } else if (path.endsWith("/next")) {
            calls.add("invocation/next");
            byte[] payload = take();
            // Without a content type the AWS runtime client's native part crashes.
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.getResponseHeaders().add("Lambda-Runtime-Aws-Request-Id", "request-1");
            exchange.getResponseHeaders()
                    .add("Lambda-Runtime-Deadline-Ms", Long.toString(System.currentTimeMillis() + 60_000));
            exchange.getResponseHeaders().add("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:function");
            exchange.sendResponseHeaders(200, payload.length);
            exchange.getResponseBody().write(payload);
        } else {
            answers.add(new Answer(path, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(202, -1);
        }
        exchange.close();
    }

    private byte[] take() throws InterruptedIOException {
        try {
            return invokes.take();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private void serveExtension(HttpExchange exchange) throws IOException {
        calls.add(exchange.getRequestURI().getPath().substring("/2020-01-01/".length()));
        if (exchange.getRequestMethod().equals("POST")) {
            byte[] body = "{\"functionName\":\"f\"}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Lambda-Extension-Identifier", "extension-1");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }
        // The next event never comes; its connection stays open.
    }

    Answer nextAnswer() throws InterruptedException {
        Answer answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(answer, "no answer at the Runtime API");
        return answer;
    }

    void invoke(boolean initOnly) {
        invokes.add(new InvokeRequest(null, "lambda-1", router.url(), channels, Instant.now(), initOnly, null, null)
                .toJson());
    }

    void awaitEnd() throws InterruptedException {
        assertTrue(client.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the environment ends itself");
    }

    /** Sends a signal, by its name. */
    void signal(String name) throws Exception {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(client.pid()))
                .start()
                .waitFor();
        assertTrue(status == 0, "kill -" + name);
    }

    /** The command of a small app of this project's tests. */
    static String appCommand(Path notes) {
        return appCommand(SmallApp.class, notes);
    }

    static String appCommand(Class<?> app, Path notes) {
        return "'" + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx32m -cp '"
                + target().resolve("test-classes") + "' " + app.getName() + " '" + notes + "'";
    }

    @Override
    public void close() throws Exception {
        if (client != null) {
            List<ProcessHandle> descendants = client.descendants().toList();
            client.destroy();
            boolean ended = client.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            client.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
            assertTrue(ended, "SIGTERM ends it");
        }
        api.stop(0);
        router.close();
    }
}
