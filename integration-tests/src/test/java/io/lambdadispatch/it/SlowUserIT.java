package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.AnswerHead;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An instance that has handed over all of its answer may leave; a user who is slow to take it must get all of it even so. */
@Tag("processes")
class SlowUserIT {
    /** More than a user's socket takes by itself, less than the router's windows and buffers do. */
    private static final int BYTES = 1_500_000;

    private static final int SMALL_BUFFER = 32 * 1024;

    @Test
    void aSlowUserGetsAllOfAnAnswerWhoseInstanceIsLeaving() throws Exception {
        try (LocalSystem system = LocalSystem.named("slow-user").start();
                RawUser user = system.slowUser(SMALL_BUFFER)) {
            byte[] body = new byte[BYTES];
            new Random(3).nextBytes(body);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(user, body));

            AnswerHead head = user.readHead();
            assertEquals(200, head.status(), head.toString());
            sent.get();
            Await.until("the instance leaves", () -> system.routerLog().contains("is draining"));
            assertArrayEquals(body, user.readBytes(BYTES));
            system.awaitNoneBusy();
        }
    }

    private static void send(RawUser user, byte[] body) {
        try {
            user.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .send(body);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
