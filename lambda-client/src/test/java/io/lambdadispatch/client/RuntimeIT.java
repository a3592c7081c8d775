package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lambdadispatch.protocol.InvokeRequest;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The distribution as Lambda starts it: {@code bootstrap}, the AWS runtime client, and a scripted Runtime API. */
class RuntimeIT {
    private record Answer(String path, String body) {}

    private final BlockingQueue<byte[]> invokes = new LinkedBlockingQueue<>();
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private HttpServer runtimeApi;
    private ScriptedApp app;
    private ScriptedRouter router;
    private Process client;

    @BeforeEach
    void begin() throws Exception {
        app = new ScriptedApp();
        router = new ScriptedRouter();
        runtimeApi = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        runtimeApi.setExecutor(Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "runtime-api");
            thread.setDaemon(true);
            return thread;
        }));
        runtimeApi.createContext("/2018-06-01/runtime/", this::serve);
        runtimeApi.start();
        ProcessBuilder builder = new ProcessBuilder(
                new File(System.getProperty("basedir", "."), "target/lambda-dispatch-client/bootstrap").getPath());
        builder.environment()
                .put(
                        "AWS_LAMBDA_RUNTIME_API",
                        "127.0.0.1:" + runtimeApi.getAddress().getPort());
        builder.environment().put("LAMBDA_DISPATCH_PORT", Integer.toString(app.port()));
        builder.environment().put("LAMBDA_DISPATCH_LAST_ACTIVE_GRACE_PERIOD_MS", "60000");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // The test JVM's own standard output belongs to the test runner.
        client = builder.redirectErrorStream(true)
                .redirectOutput(new File(System.getProperty("basedir", "."), "target/runtime-it.log"))
                .start();
    }

    @AfterEach
    void end() throws Exception {
        client.destroy();
        assertTrue(client.waitFor(20, TimeUnit.SECONDS), "SIGTERM ends it");
        runtimeApi.stop(0);
        router.close();
        app.close();
    }

    private void serve(HttpExchange exchange) throws java.io.IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.endsWith("/next")) {
            byte[] payload;
            try {
                payload = invokes.take();
            } catch (InterruptedException e) {
                throw new java.io.InterruptedIOException();
            }
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

    private Answer nextAnswer() throws InterruptedException {
        Answer answer = answers.poll(60, TimeUnit.SECONDS);
        assertNotNull(answer, "no answer at the Runtime API");
        return answer;
    }

    private void invoke(boolean initOnly) {
        invokes.add(new InvokeRequest(null, "lambda-1", router.url(), 1, Instant.now(), initOnly, null, null).toJson());
    }

    @Test
    void theDistributionServesInvokesAndEndsWhenItsAppIsGone() throws Exception {
        invoke(true);
        Answer init = nextAnswer();
        assertTrue(init.path().endsWith("/invocation/request-1/response"), init.path());
        assertTrue(init.body().contains("SelfInitOnly"), init.body());

        invoke(false);
        String get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        assertTrue(router.nextChannel().send(get).end().answer().endsWith("hello"));
        app.close();
        // Connections that are kept alive still work; the app's script ends this one.
        app.script((connection, head) -> connection.reset());
        RouterChannel last = router.nextChannel();
        assertTrue(last.send(get).end().answer().startsWith("HTTP/1.1 502 "));
        Answer failure = nextAnswer();
        assertTrue(failure.path().endsWith("/invocation/request-1/error"), failure.path());
        assertTrue(client.waitFor(20, TimeUnit.SECONDS), "the environment ends itself");
    }
}
