package io.lambdadispatch.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only shows on the wire, piece by piece: each read here would wait for ever if the app kept a piece back. */
class StreamingTest {
    private DemoApp app;
    private Socket socket;
    private OutputStream output;
    private BufferedReader input;

    @BeforeEach
    void connect() throws Exception {
        app = DemoApp.start(new DemoSettings(0, Duration.ZERO, false));
        socket = new Socket(InetAddress.getLoopbackAddress(), app.port());
        socket.setSoTimeout(60_000);
        output = socket.getOutputStream();
        input = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    @AfterEach
    void disconnect() throws IOException {
        socket.close();
        app.close();
    }

    private void send(String text) throws IOException {
        output.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        output.flush();
    }

    private void readHead(String status) throws IOException {
        assertEquals(status, input.readLine());
        while (!input.readLine().isEmpty()) {
            // The fields do not matter here.
        }
    }

    private String readChunk() throws IOException {
        String size = input.readLine();
        // The line end behind a chunk may come only with the next one.
        int length = Integer.parseInt(size.isEmpty() ? input.readLine() : size, 16);
        StringBuilder chunk = new StringBuilder();
        for (int i = 0; i < length; i++) {
            chunk.append((char) input.read());
        }
        return chunk.toString();
    }

    private void readEnd() throws IOException {
        assertEquals("", readChunk());
        assertEquals("", input.readLine());
    }

    @Test
    void firstLineOfAChunkedResponseComesAtOnce() throws Exception {
        // The last line is fifteen minutes away.
        send("GET /chunked-response?delay=900000 HTTP/1.1\nHost: a\n\n");
        readHead("HTTP/1.1 200 OK");
        assertEquals("first line, at once\n", readChunk());
    }

    @Test
    void lastLineOfAChunkedResponseComes() throws Exception {
        send("GET /chunked-response?delay=1 HTTP/1.1\nHost: a\n\n");
        readHead("HTTP/1.1 200 OK");
        assertEquals("first line, at once\n", readChunk());
        assertEquals("last line, 1 ms later\n", readChunk());
        readEnd();
    }

    @Test
    void echoIsFullDuplex() throws Exception {
        for (String path : new String[] {"/echo", "/echo-slow?delay=0"}) {
            send("POST " + path + " HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n");
            send("3\none\n");
            readHead("HTTP/1.1 200 OK");
            assertEquals("one", readChunk());
            send("5\nthree\n");
            assertEquals("three", readChunk());
            send("0\n\n");
            readEnd();
        }
    }

    @Test
    void hintsComeFirst() throws Exception {
        send("GET /early-hints HTTP/1.1\nHost: a\n\n");
        readHead("HTTP/1.1 103 Early Hints");
        readHead("HTTP/1.1 200 OK");
    }
}
