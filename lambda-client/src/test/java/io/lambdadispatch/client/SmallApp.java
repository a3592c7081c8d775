package io.lambdadispatch.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * An app for tests, as a process of its own: it listens where it is told, says {@code hello}, begins an answer that it never
 * ends at {@code /endless}, and one at {@code /later} that it ends when there is a file {@code go} in its directory of notes,
 * exits at {@code /exit}, and notes what its process id is, that it has ended the late answer, and that it had a SIGTERM.
 */
final class SmallApp {
    private static Path notes;

    private SmallApp() {}

    public static void main(String[] args) throws IOException {
        notes = Path.of(args[0]);
        Files.writeString(
                notes.resolve("pid"), Long.toString(ProcessHandle.current().pid()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> note("terminated")));
        int port = Integer.parseInt(System.getenv("LAMBDA_DISPATCH_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", SmallApp::serve);
        server.start();
        System.out.println("small app listens, PORT=" + System.getenv("PORT"));
    }

    private static void serve(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/ready" -> exchange.sendResponseHeaders(204, -1);
            case "/missing" -> exchange.sendResponseHeaders(404, -1);
            case "/exit" -> {
                System.out.println("small app is asked to exit");
                Runtime.getRuntime().halt(7);
            }
            case "/endless" -> {
                exchange.sendResponseHeaders(200, 0);
                OutputStream body = exchange.getResponseBody();
                body.write("begun".getBytes(StandardCharsets.UTF_8));
                body.flush();
                return;
            }
            case "/later" -> {
                exchange.sendResponseHeaders(200, 0);
                OutputStream body = exchange.getResponseBody();
                body.write("begun".getBytes(StandardCharsets.UTF_8));
                body.flush();
                awaitGo();
                body.write(" and ended".getBytes(StandardCharsets.UTF_8));
                note("answered");
            }
            default -> {
                byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        }
        exchange.close();
    }

    private static void awaitGo() {
        while (!Files.exists(notes.resolve("go"))) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The note tells whether the late answer had been ended before. */
    private static void note(String what) {
        try {
            boolean answered = Files.exists(notes.resolve("answered"));
            Files.writeString(notes.resolve(what), answered ? "after the answer" : "before any answer");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
