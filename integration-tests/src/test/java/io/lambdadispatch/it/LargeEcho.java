package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.AnswerHead;
import java.net.URI;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * A large body that is sent and received at once, unchanged. On a bare socket, because Java's own HTTP client reads no answer
 * before it has sent the whole request.
 */
final class LargeEcho {
    private static final int PIECE = 64 * 1024;

    private LargeEcho() {}

    static void assertEchoed(String routerUrl, long bytes) throws Exception {
        try (RawUser user = RawUser.connect(URI.create(routerUrl).getPort())) {
            CompletableFuture<String> sent = CompletableFuture.supplyAsync(() -> send(user, bytes));
            AnswerHead head = user.readHead();
            assertEquals(200, head.status(), head.toString());
            assertEquals(List.of(Long.toString(bytes)), head.values("Content-Length"));
            MessageDigest received = MessageDigest.getInstance("SHA-256");
            for (long left = bytes; left > 0; left -= Math.min(left, PIECE)) {
                received.update(user.readBytes((int) Math.min(left, PIECE)));
            }
            assertEquals(sent.get(), HexFormat.of().formatHex(received.digest()));
        }
    }

    /** The checksum of what was sent. */
    private static String send(RawUser user, long bytes) {
        try {
            user.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + bytes + "\r\n\r\n");
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            SplittableRandom random = new SplittableRandom(1);
            byte[] piece = new byte[PIECE];
            for (long left = bytes; left > 0; left -= Math.min(left, PIECE)) {
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
