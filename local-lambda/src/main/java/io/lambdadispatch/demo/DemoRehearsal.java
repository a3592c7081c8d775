package io.lambdadispatch.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Starts the demo app, asks it a few things and ends. The build runs this with {@code -XX:ArchiveClassesAtExit}: from the
 * archive of what was loaded, the app then starts in two thirds of the time.
 */
public final class DemoRehearsal {
    private static final List<String> REQUESTS = List.of(
            "GET /health HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /headers HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            "GET /delay?delay=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    private DemoRehearsal() {}

    /**
     * Runs it.
     *
     * @param args none
     * @throws IOException when the app does not answer
     */
    public static void main(String[] args) throws IOException {
        try (DemoApp app = DemoApp.start(new DemoSettings(0, Duration.ZERO, false));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), app.port())) {
            socket.getOutputStream().write(String.join("", REQUESTS).getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }
}
