package io.lambdadispatch.benchmarks.system.burst;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * What runs in an environment of plain Lambda: it waits until the app is healthy, takes one event at a time from the Runtime API, asks
 * the app what the event asks, and answers. As small as can be, so that a hundred of them start at once on two CPUs: sockets and
 * nothing else, no request bodies, GET alone.
 */
final class PlainEnvironment {
    private final HttpConnection lambda;
    private final HttpConnection app;

    private PlainEnvironment(HttpConnection lambda, HttpConnection app) {
        this.lambda = lambda;
        this.app = app;
    }

    /** Arguments: the app's port; what a cold start takes, in ms, this process's own start included. */
    public static void main(String[] args) throws IOException {
        String[] api = System.getenv("AWS_LAMBDA_RUNTIME_API").split(":", -1);
        int port = Integer.parseInt(args[0]);
        try (HttpConnection lambda = new HttpConnection(api[0], Integer.parseInt(api[1]));
                HttpConnection app = new HttpConnection("127.0.0.1", port)) {
            app.send("GET", "/delay?delay=" + Math.max(0, Long.parseLong(args[1]) - ageMs()), "");
            app.receive();
            PlainEnvironment environment = new PlainEnvironment(lambda, app);
            while (true) {
                environment.next();
            }
        }
    }

    private static long ageMs() {
        Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
        return Duration.between(start, Instant.now()).toMillis();
    }

    private void next() throws IOException {
        lambda.send("GET", "/2018-06-01/runtime/invocation/next", "");
        Message invocation = lambda.receive();
        String event = new String(invocation.body, StandardCharsets.UTF_8);
        String query = field(event, "rawQueryString");
        app.send(field(event, "method"), field(event, "rawPath") + (query.isEmpty() ? "" : "?" + query), "");
        Message answer = app.receive();
        String result = "{\"statusCode\":" + answer.status() + ",\"headers\":{\"content-type\":\""
                + answer.field("content-type") + "\"},\"isBase64Encoded\":true,\"body\":\""
                + Base64.getEncoder().encodeToString(answer.body) + "\"}";
        String id = invocation.field("lambda-runtime-aws-request-id");
        lambda.send("POST", "/2018-06-01/runtime/invocation/" + id + "/response", result);
        lambda.receive();
    }

    /** A text in the event; paths and queries of these benchmarks have nothing that JSON would escape. */
    private static String field(String event, String name) {
        String before = "\"" + name + "\":\"";
        int from = event.indexOf(before) + before.length();
        return event.substring(from, event.indexOf('"', from));
    }

    /** Of HTTP/1.1, whole. */
    private static final class Message {
        private final String head;
        private final byte[] body;

        Message(String head, byte[] body) {
            this.head = head;
            this.body = body;
        }

        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        /** A field's value, by its name in lower case; empty when there is none. */
        String field(String name) {
            for (String line : head.split("\r\n", -1)) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
                    return line.substring(colon + 1).trim();
                }
            }
            return "";
        }
    }

    /** Kept open from one request to the next. */
    private static final class HttpConnection implements AutoCloseable {
        private final Socket socket;
        private final InputStream input;

        HttpConnection(String host, int port) throws IOException {
            socket = new Socket(host, port);
            socket.setTcpNoDelay(true);
            input = new BufferedInputStream(socket.getInputStream());
        }

        void send(String method, String path, String body) throws IOException {
            String request = method + " " + path + " HTTP/1.1\r\nHost: local\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        }

        Message receive() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int newLines = 0;
            while (newLines < 2) {
                int next = input.read();
                if (next < 0) {
                    throw new EOFException("the peer has closed");
                }
                bytes.write(next);
                newLines = next == '\n' ? newLines + 1 : next == '\r' ? newLines : 0;
            }
            Message head = new Message(bytes.toString(StandardCharsets.ISO_8859_1), new byte[0]);
            return new Message(head.head, input.readNBytes(Integer.parseInt(head.field("content-length"))));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
