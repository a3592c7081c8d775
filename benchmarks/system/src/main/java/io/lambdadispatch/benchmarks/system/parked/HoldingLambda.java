package io.lambdadispatch.benchmarks.system.parked;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Lambda's Invoke API as far as the router can tell: invokes are held open, at no thread each, until this is closed. */
final class HoldingLambda implements AutoCloseable {
    private static final long LONGEST_WAIT_S = 180;

    private final HttpServer server;
    private final BlockingQueue<InvokeRequest> invokes = new LinkedBlockingQueue<>();

    HoldingLambda() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.createContext("/2015-03-31/functions/", this::handle);
        server.start();
    }

    String url() {
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
        if (request.initOnly()) {
            byte[] reply =
                    new InvokeReply(request.poolIdOrDefault(), request.id(), 0, 1, ExitReason.SELF_INIT_ONLY).toJson();
            exchange.sendResponseHeaders(200, reply.length);
            exchange.getResponseBody().write(reply);
            exchange.close();
        } else {
            invokes.add(request);
        }
    }

    /** The next invoke that is to open channels; waits for it. */
    InvokeRequest next() throws IOException, InterruptedException {
        InvokeRequest request = invokes.poll(LONGEST_WAIT_S, TimeUnit.SECONDS);
        if (request == null) {
            throw new IOException("the router invokes no more");
        }
        return request;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
