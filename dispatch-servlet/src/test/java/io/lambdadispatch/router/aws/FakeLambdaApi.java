package io.lambdadispatch.router.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The Lambda API's {@code Invoke} as the tests need it: each call gets the next scripted answer, or is held open when
 * there is none. A held call costs a connection and no thread.
 */
final class FakeLambdaApi implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    final List<Call> calls = new CopyOnWriteArrayList<>();
    final BlockingQueue<Call> held = new LinkedBlockingQueue<>();

    record Answer(int status, Map<String, String> fields, String body) {}

    record Call(String path, String invocationType, String authorization, String body, HttpExchange exchange) {}

    FakeLambdaApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What the next call gets. */
    FakeLambdaApi answer(int status, Map<String, String> fields, String body) {
        answers.add(new Answer(status, fields, body));
        return this;
    }

    FakeLambdaApi error(int status, String code, String message) {
        return answer(status, Map.of("x-amzn-ErrorType", code), "{\"Message\":\"" + message + "\"}");
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Call call = new Call(
                exchange.getRequestURI().getRawPath(),
                exchange.getRequestHeaders().getFirst("X-Amz-Invocation-Type"),
                exchange.getRequestHeaders().getFirst("Authorization"),
                body,
                exchange);
        calls.add(call);
        Answer answer = answers.poll();
        if (answer == null) {
            held.add(call);
        } else {
            send(exchange, answer);
        }
    }

    void release(Call call, String body) {
        try {
            send(call.exchange(), new Answer(200, Map.of(), body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        answer.fields().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.getResponseHeaders().set("x-amzn-RequestId", "request-1");
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
