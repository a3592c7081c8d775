package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An instance that has handed over all of its answer may leave; a user who is slow to take it must get all of it even so. */
class SlowUserIT {
    /** More than a user's socket takes by itself, less than the router's windows and buffers do. */
    private static final int BYTES = 1_500_000;

    private static final int SMALL_BUFFER = 32 * 1024;

    @Test
    void aSlowUserGetsAllOfAnAnswerWhoseInstanceIsLeaving() throws Exception {
        try (LocalSystem system = LocalSystem.named("slow-user").start();
                Socket user = new Socket()) {
            URI router = URI.create(system.routerUrl());
            user.setReceiveBufferSize(SMALL_BUFFER);
            user.connect(new InetSocketAddress(router.getHost(), router.getPort()));
            byte[] body = new byte[BYTES];
            new Random(3).nextBytes(body);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(user, body));

            InputStream in = user.getInputStream();
            String head = readHead(in);
            assertTrue(head.startsWith("HTTP/1.1 200 "), head);
            sent.get();
            Await.until("the instance leaves", () -> system.routerLog().contains("is draining"));
            assertArrayEquals(body, in.readNBytes(BYTES));
            system.awaitNoneBusy();
        }
    }

    private static void send(Socket user, byte[] body) {
        try {
            OutputStream out = user.getOutputStream();
            String head = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
        } catch (IOException e) {
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
}
