package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Half a gigabyte up and down at once, with {@code -Xmx128m} for the router and for the client. On a bare socket, because Java's
 * own HTTP client reads no answer before it has sent the whole request.
 */
class LargeBodyIT {
    private static final long BYTES = 500L * 1024 * 1024;
    private static final int PIECE = 64 * 1024;

    @Test
    void aBodyThatFitsIntoNoHeapComesBackUnchanged() throws Exception {
        try (LocalSystem system = LocalSystem.named("large-body").start();
                RawUser user = new RawUser(system.routerUrl())) {
            CompletableFuture<String> sent = CompletableFuture.supplyAsync(() -> send(user));
            String head = user.readHead();
            assertTrue(head.startsWith("HTTP/1.1 200 "), head);
            assertTrue(head.toLowerCase(Locale.ROOT).contains("content-length: " + BYTES), head);
            MessageDigest received = MessageDigest.getInstance("SHA-256");
            for (long left = BYTES; left > 0; left -= Math.min(left, PIECE)) {
                received.update(user.readBytes((int) Math.min(left, PIECE)));
            }
            assertEquals(sent.get(), HexFormat.of().formatHex(received.digest()));
        }
    }

    /** The checksum of what was sent. */
    private static String send(RawUser user) {
        try {
            user.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + BYTES + "\r\n\r\n");
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            SplittableRandom random = new SplittableRandom(1);
            byte[] piece = new byte[PIECE];
            for (long left = BYTES; left > 0; left -= Math.min(left, PIECE)) {
                random.nextBytes(piece);
                int size = (int) Math.min(left, PIECE);
                digest.update(piece, 0, size);
                user.send(piece, size);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
