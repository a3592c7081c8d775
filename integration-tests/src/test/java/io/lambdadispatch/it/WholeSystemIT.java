package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Users' requests through the real router and the real client to the demo app. */
class WholeSystemIT {
    private static LocalSystem system;

    @BeforeAll
    static void start() throws Exception {
        system = LocalSystem.named("whole-system").start();
    }

    @AfterAll
    static void end() {
        system.close();
    }

    @Test
    void anAppAnswersThroughItsChannel() throws Exception {
        HttpResponse<String> answer = system.http().send(system.request("/ping").build(), BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertEquals("pong", answer.body().strip());
        assertTrue(answer.headers().firstValue("X-Lambda-Id").isPresent());
        assertTrue(answer.headers().firstValue("X-Channel-Id").isPresent());
    }

    @Test
    void pathAndQueryReachTheAppUnchanged() throws Exception {
        HttpResponse<String> answer = system.http()
                .send(system.request("/headers?q=a%20b&r=%7C&s=%C3%A9").build(), BodyHandlers.ofString());
        assertTrue(answer.body().contains("\"query\":\"q=a%20b&r=%7C&s=%C3%A9\""), answer.body());
    }

    @Test
    void aBodyComesBackByteForByte() throws Exception {
        byte[] sent = new byte[3 * 1024 * 1024 + 7];
        new Random(7).nextBytes(sent);
        HttpResponse<byte[]> known = system.http()
                .send(
                        system.request("/echo")
                                .POST(BodyPublishers.ofByteArray(sent))
                                .build(),
                        BodyHandlers.ofByteArray());
        assertArrayEquals(sent, known.body());
        HttpResponse<byte[]> unknown = system.http()
                .send(
                        system.request("/echo")
                                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(sent)))
                                .build(),
                        BodyHandlers.ofByteArray());
        assertArrayEquals(sent, unknown.body());
    }

    @Test
    void theFirstLineOfAStreamComesBeforeTheLastIsSent() throws Exception {
        HttpResponse<InputStream> answer = system.http()
                .send(system.request("/chunked-response?delay=3000").build(), BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertTrue(lines.readLine() != null);
            long first = System.nanoTime();
            assertTrue(lines.readLine() != null);
            // The app waits 3 s between both; had they been held back, they would have come together.
            assertTrue(System.nanoTime() - first > 1_000_000_000L);
        }
    }

    @Test
    void oddStatusesPass() throws Exception {
        assertEquals(519, status("/odd-status"));
        assertEquals(204, status("/no-content"));
        assertEquals(404, status("/no-such-route"));
    }

    private static int status(String path) throws Exception {
        return system.http()
                .send(system.request(path).build(), BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void anAppThatBreaksOffItsAnswerLeavesItsUserWithoutACleanEnd() throws Exception {
        int status;
        try {
            status = system.http()
                    .send(system.request("/abort").build(), BodyHandlers.ofByteArray())
                    .statusCode();
        } catch (IOException e) {
            // The head had reached the user: his connection was cut.
            return;
        }
        // The reset overtook the head: nothing had reached the user yet.
        assertEquals(502, status);
    }
}
