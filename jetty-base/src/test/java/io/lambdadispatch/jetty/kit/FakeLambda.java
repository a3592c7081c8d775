package io.lambdadispatch.jetty.kit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.testkit.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The Lambda API's {@code Invoke}, as the real AWS SDK calls it. An invoke is shown to the test and held open, at the cost of a
 * connection and no thread, until the test answers it; init-only ones are answered, or refused, at once.
 */
public final class FakeLambda implements AutoCloseable {
    private static final String FUNCTIONS = "/2015-03-31/functions/";

    private final HttpServer server;
    private final BlockingQueue<Invoke> invokes = new LinkedBlockingQueue<>();
    private final List<InvokeRequest> all = new CopyOnWriteArrayList<>();
    private volatile boolean throttlesInitOnly;

    /**
     * One invoke that the router holds open.
     *
     * @param function whose; as the router named it
     */
    public record Invoke(String function, InvokeRequest request, HttpExchange exchange) {
        /** The instance ends. */
        public void answer(ExitReason reason) {
            answer(reason.wireName());
        }

        /** The instance ends, for a reason that may be unheard of. */
        public void answer(String exitReason) {
            send(200, new InvokeReply(request.poolIdOrDefault(), request.id(), 0, 1, exitReason).toJson());
        }

        /** AWS refuses it. */
        public void throttle() {
            exchange.getResponseHeaders().set("x-amzn-ErrorType", "TooManyRequestsException");
            send(429, "{\"Message\":\"Rate Exceeded.\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }

        /** There is no such function. */
        public void notFound() {
            exchange.getResponseHeaders().set("x-amzn-ErrorType", "ResourceNotFoundException");
            send(404, "{\"Message\":\"Function not found\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }

        /** The function ran and crashed. */
        public void crash() {
            exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
            send(200, "{\"errorMessage\":\"killed\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }

        private void send(int status, byte[] body) {
            exchange.getResponseHeaders().set("x-amzn-RequestId", "request-" + request.id());
            try (exchange) {
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            } catch (IOException e) {
                // The router has given up meanwhile.
            }
        }
    }

    public FakeLambda() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(KitThreads.pool());
        server.createContext(FUNCTIONS, this::handle);
        server.start();
    }

    /** For {@code AWS_LAMBDA_SERVICE_URL}. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] payload = exchange.getRequestBody().readAllBytes();
        if ("DryRun".equals(exchange.getRequestHeaders().getFirst("X-Amz-Invocation-Type"))) {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
            return;
        }
        InvokeRequest request = InvokeRequest.fromJson(new ByteArrayInputStream(payload));
        all.add(request);
        // URI.getPath decodes what the SDK has encoded: the colons of an ARN.
        String path = exchange.getRequestURI().getPath();
        String function = path.substring(FUNCTIONS.length(), path.lastIndexOf('/'));
        Invoke invoke = new Invoke(function, request, exchange);
        if (request.initOnly() && throttlesInitOnly) {
            invoke.throttle();
        } else if (request.initOnly()) {
            invoke.answer(ExitReason.SELF_INIT_ONLY);
        } else {
            invokes.add(invoke);
        }
    }

    /** From now on init-only invokes are refused. */
    public void throttleInitOnly() {
        throttlesInitOnly = true;
    }

    /** The next invoke that is to open channels. */
    public Invoke nextInvoke() throws InterruptedException {
        Invoke invoke = invokes.poll(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        if (invoke == null) {
            throw new AssertionError("waited in vain for an invoke");
        }
        return invoke;
    }

    /** Every payload so far, init-only ones too. */
    public List<InvokeRequest> all() {
        return all;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
