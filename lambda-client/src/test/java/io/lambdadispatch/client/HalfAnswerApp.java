package io.lambdadispatch.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An app for tests, as a process of its own: healthy at {@code /ready}, and else it begins an answer that only the end of its
 * connection would end. Notes its process id.
 */
final class HalfAnswerApp {
    private HalfAnswerApp() {}

    public static void main(String[] args) throws IOException {
        Files.writeString(
                Path.of(args[0]).resolve("pid"),
                Long.toString(ProcessHandle.current().pid()));
        int port = Integer.parseInt(System.getenv("LAMBDA_DISPATCH_PORT"));
        try (ServerSocket server = new ServerSocket(port, 10, InetAddress.getLoopbackAddress())) {
            while (true) {
                Socket socket = server.accept();
                new Thread(() -> serve(socket)).start();
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String requestLine = in.readLine();
            if (requestLine == null) {
                return;
            }
            boolean asksForHealth = requestLine.startsWith("GET /ready ");
            String answer = asksForHealth
                    ? "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbegun";
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            while (!asksForHealth && in.readLine() != null) {
                // Until the other side leaves, or this process is killed.
            }
        } catch (IOException e) {
            // The other side has left.
        }
    }
}
