package io.lambdadispatch.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** An app on a raw socket: a test's script sees and sends every byte. {@code /health} is answered before the script. */
final class ScriptedApp implements AutoCloseable {
    /** What the app does with one request. */
    interface Script {
        void serve(Connection connection, String head) throws Exception;
    }

    /** One connection of the client to the app. */
    static final class Connection {
        final Socket socket;
        final InputStream in;
        final OutputStream out;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        /** Request line and fields with the blank line, or {@code null} at the end of the connection. */
        String readHead() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                head.write(b);
            }
            return head.toString(StandardCharsets.ISO_8859_1);
        }

        /** The body behind that head, unframed. */
        byte[] readBody(String head) throws IOException {
            if (head.contains("Transfer-Encoding: chunked")) {
                ByteArrayOutputStream body = new ByteArrayOutputStream();
                for (byte[] chunk = readChunk(); chunk.length > 0; chunk = readChunk()) {
                    body.writeBytes(chunk);
                }
                return body.toByteArray();
            }
            int at = head.indexOf("Content-Length: ");
            if (at < 0) {
                return new byte[0];
            }
            int length = Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
            return in.readNBytes(length);
        }

        byte[] readChunk() throws IOException {
            StringBuilder size = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new IOException("chunks are cut short");
                }
                size.append((char) b);
            }
            byte[] data = in.readNBytes(Integer.parseInt(size.toString().trim(), 16));
            in.readNBytes(2);
            return data;
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void ok(String body) throws IOException {
            write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }

        /** Ends the connection with a TCP reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    final BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket server;
    private final Thread acceptor;
    private volatile Script script = (connection, head) -> connection.ok("hello");

    ScriptedApp() throws IOException {
        server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        acceptor = daemon(this::acceptAll);
    }

    int port() {
        return server.getLocalPort();
    }

    void script(Script next) {
        script = next;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "scripted-app");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread unused = daemon(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed by the test.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Connection connection = new Connection(socket);
            String head = connection.readHead();
            if (head == null) {
                // Somebody has looked whether this app is there.
                return;
            }
            if (head.startsWith("GET /health ")) {
                connection.ok("");
                return;
            }
            connections.incrementAndGet();
            while (head != null) {
                heads.add(head);
                script.serve(connection, head);
                head = connection.readHead();
            }
            ends.add("closed");
        } catch (Throwable e) {
            ends.add(e.toString());
        }
    }

    /** The port is closed when this returns, which the kernel does only once nobody waits on it. */
    @Override
    public void close() throws IOException {
        server.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
