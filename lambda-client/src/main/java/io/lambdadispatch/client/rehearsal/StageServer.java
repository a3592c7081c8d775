package io.lambdadispatch.client.rehearsal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A small HTTP/1.1 server on a port of its own: a thread for each connection, bodies of known length only. */
abstract class StageServer implements AutoCloseable {
    private final ServerSocket server;
    private final String name;

    StageServer(String name) throws IOException {
        this.name = name;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::acceptAll);
    }

    /** A request, and how to answer it. */
    record Exchange(String path, String body, Socket socket) {
        /** @param fields each with its line end */
        void answer(int status, String fields, byte[] content) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            String head =
                    "HTTP/1.1 " + status + " Told\r\nContent-Length: " + content.length + "\r\n" + fields + "\r\n";
            out.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
            out.writeBytes(content);
            socket.getOutputStream().write(out.toByteArray());
        }
    }

    abstract void serve(Exchange exchange, Socket socket) throws IOException, InterruptedException;

    int port() {
        return server.getLocalPort();
    }

    private void daemon(Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                daemon(() -> serveAll(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serveAll(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String head = readHead(in); head != null; head = readHead(in)) {
                String path = head.split(" ", 3)[1];
                String body = new String(in.readNBytes(lengthIn(head)), StandardCharsets.UTF_8);
                serve(new Exchange(path, body, socket), socket);
            }
        } catch (IOException e) {
            // The other side has left.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static int lengthIn(String head) {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length:");
        return at < 0
                ? 0
                : Integer.parseInt(head.substring(head.indexOf(':', at) + 1, head.indexOf("\r\n", at + 2))
                        .trim());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
