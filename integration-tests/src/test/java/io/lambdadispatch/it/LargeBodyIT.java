package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Half a gigabyte up and down at once, with {@code -Xmx128m} for the router and for the client. On a bare socket, because Java's
 * own HTTP client reads no answer before it has sent the whole request.
 */
class LargeBodyIT {
    private static final long BYTES = 500L * 1024 * 1024;
    private static final int BUFFER = 64 * 1024;

    @Test
    void aBodyThatFitsIntoNoHeapComesBackUnchanged() throws Exception {
        try (LocalSystem system = LocalSystem.named("large-body").start();
                Socket socket = connect(system.routerUrl())) {
            CompletableFuture<String> sent = CompletableFuture.supplyAsync(() -> send(socket));
            InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
            String head = readHead(in);
            assertTrue(head.startsWith("HTTP/1.1 200 "), head);
            assertTrue(head.toLowerCase(java.util.Locale.ROOT).contains("content-length: " + BYTES), head);
            String received = checksum(in);
            assertEquals(sent.get(), received);
        }
    }

    private static Socket connect(String url) throws IOException {
        URI uri = URI.create(url);
        return new Socket(uri.getHost(), uri.getPort());
    }

    /** The checksum of what was sent. */
    private static String send(Socket socket) {
        try {
            OutputStream out = socket.getOutputStream();
            String head = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + BYTES + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            SplittableRandom random = new SplittableRandom(1);
            byte[] buffer = new byte[BUFFER];
            for (long left = BYTES; left > 0; left -= Math.min(left, BUFFER)) {
                random.nextBytes(buffer);
                int size = (int) Math.min(left, BUFFER);
                digest.update(buffer, 0, size);
                out.write(buffer, 0, size);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertTrue(next >= 0, "ends within the head: " + head);
            head.append((char) next);
        }
        return head.toString();
    }

    private static String checksum(InputStream in) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[BUFFER];
        long left = BYTES;
        while (left > 0) {
            int size = in.read(buffer, 0, (int) Math.min(left, BUFFER));
            assertTrue(size > 0, "ends " + left + " bytes too early");
            digest.update(buffer, 0, size);
            left -= size;
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
