package io.lambdadispatch.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoAppTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static DemoApp app;

    @BeforeAll
    static void start() throws Exception {
        app = DemoApp.start(new DemoSettings(0, Duration.ZERO, false));
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                .timeout(Duration.ofSeconds(60));
    }

    private static HttpResponse<String> send(String method, String path) throws Exception {
        return CLIENT.send(request(path).method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<byte[]> post(String path, BodyPublisher body) throws Exception {
        return CLIENT.send(
                request(path)
                        .header("Content-Type", "application/x-test")
                        .POST(body)
                        .build(),
                BodyHandlers.ofByteArray());
    }

    @ParameterizedTest
    @CsvSource({
        "/, 200, text/html;charset=utf-8, /chunked-response",
        "/health, 200, text/plain;charset=utf-8, OK",
        "/ping, 200, text/plain;charset=utf-8, pong",
        "/fact, 200, application/json, '{\"number\":'",
        "/debug, 200, application/json, '{\"pid\":'",
        "/delay?delay=0, 200, text/plain;charset=utf-8, delayed 0 ms",
        "/delay?delay=-1, 400, text/plain;charset=utf-8, delay must be",
        "/delay?delay=soon, 400, text/plain;charset=utf-8, delay must be",
        "/delay?delay=900001, 400, text/plain;charset=utf-8, delay must be",
        "/odd-status, 519, text/plain;charset=utf-8, status 519",
        "/odd-status?status=999, 999, text/plain;charset=utf-8, status 999",
        "/odd-status?status=100, 400, text/plain;charset=utf-8, status must be",
        "/public/, 200, text/html;charset=utf-8, silly-test-image.jpg",
        "/crash, 403, text/plain;charset=utf-8, DEMO_ALLOW_CRASH",
        "/else, 404, text/plain;charset=utf-8, no such route",
        "/%2e//a%2Fb;c, 404, text/plain;charset=utf-8, no such route",
    })
    void answers(String path, int status, String type, String text) throws Exception {
        HttpResponse<String> got = send("GET", path);

        assertEquals(status, got.statusCode());
        assertEquals(type, got.headers().firstValue("Content-Type").orElse(""));
        assertTrue(got.body().contains(text), got::body);
        assertTrue(got.headers().firstValue("Server").isEmpty());

        HttpResponse<String> head = send("HEAD", path);
        assertEquals(status, head.statusCode());
        assertEquals("", head.body());
    }

    @Test
    void answersWithoutBody() throws Exception {
        assertEquals(204, send("GET", "/no-content").statusCode());
        assertEquals(204, send("GET", "/odd-status?status=204").statusCode());
        HttpResponse<String> notModified = send("GET", "/not-modified");
        assertEquals(304, notModified.statusCode());
        assertTrue(notModified.headers().firstValue("ETag").isPresent());
        assertEquals("hints came before this\n", send("GET", "/early-hints").body());
    }

    @Test
    void refusesWrongMethods() throws Exception {
        HttpResponse<String> refused = send("DELETE", "/ping");
        assertEquals(405, refused.statusCode());
        assertEquals("GET, HEAD", refused.headers().firstValue("Allow").orElse(""));
    }

    @Test
    void knowsManyFacts() {
        Set<String> known = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            known.add(Facts.any().text());
        }
        assertTrue(known.size() >= 20);
    }

    @Test
    void tellsHeadersInOrderWithRepeats() throws Exception {
        HttpRequest asked = request("/headers?a=1&b=%20")
                .header("X-A", "1")
                .header("X-B", "2")
                .header("X-A", "3")
                .build();
        String told = CLIENT.send(asked, BodyHandlers.ofString()).body();
        assertTrue(told.startsWith("{\"method\":\"GET\",\"path\":\"/headers\",\"query\":\"a=1&b=%20\""), told);
        int first = told.indexOf("{\"name\":\"X-A\",\"value\":\"1\"}");
        int second = told.indexOf("{\"name\":\"X-A\",\"value\":\"3\"}");
        assertTrue(first > 0 && second > first, told);
        assertTrue(told.contains("{\"name\":\"X-B\",\"value\":\"2\"}"), told);
    }

    @Test
    void keepsTheBuildsImage() throws Exception {
        HttpResponse<byte[]> image =
                CLIENT.send(request("/public/silly-test-image.jpg").build(), BodyHandlers.ofByteArray());
        assertEquals("image/jpeg", image.headers().firstValue("Content-Type").orElse(""));
        int size = image.body().length;
        assertTrue(size > 150_000 && size < 190_000, size + " bytes");
        assertEquals(1000, ImageIO.read(new ByteArrayInputStream(image.body())).getWidth());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1024, 5_000_000})
    void echoes(int size) throws Exception {
        byte[] body = randomBytes(size);
        for (String path : new String[] {"/echo", "/echo-slow?delay=0"}) {
            HttpResponse<byte[]> known = post(path, BodyPublishers.ofByteArray(body));
            assertArrayEquals(body, known.body(), path);
            assertEquals(
                    size, known.headers().firstValueAsLong("Content-Length").orElse(-1), path);
            assertEquals(
                    "application/x-test",
                    known.headers().firstValue("Content-Type").orElse(""));
            assertArrayEquals(body, post(path, chunked(body)).body(), path + " chunked");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3001, 1_000_001})
    void echoesTwiceAndByHalves(int size) throws Exception {
        byte[] body = randomBytes(size);
        byte[] twice = post("/double-echo", BodyPublishers.ofByteArray(body)).body();
        assertEquals(2 * size, twice.length);
        assertEquals(2 * size, post("/double-echo", chunked(body)).body().length);
        assertArrayEquals(
                Arrays.copyOf(body, size / 2),
                post("/half-echo", BodyPublishers.ofByteArray(body)).body());
        assertArrayEquals(
                everyOther1024(body), post("/half-echo", chunked(body)).body());
    }

    @Test
    void slowEchoRests() throws Exception {
        byte[] body = randomBytes(3 * 64 * 1024 + 1);
        long before = System.nanoTime();
        assertArrayEquals(
                body,
                post("/echo-slow?delay=50", BodyPublishers.ofByteArray(body)).body());
        // Not after the last piece, which may be nearly 64 KB.
        assertTrue(System.nanoTime() - before >= 2 * 50_000_000);
    }

    @Test
    void abortBreaksOff() {
        assertThrows(IOException.class, () -> send("GET", "/abort"));
    }

    @Test
    void firstHealthIsSlow() throws Exception {
        try (DemoApp slow = DemoApp.start(new DemoSettings(0, Duration.ofMillis(200), false))) {
            HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + slow.port() + "/health"))
                    .build();
            long before = System.nanoTime();
            var first = CLIENT.sendAsync(health, BodyHandlers.ofString());
            var second = CLIENT.sendAsync(health, BodyHandlers.ofString());
            assertEquals("OK", first.get().body());
            assertEquals("OK", second.get().body());
            assertTrue(System.nanoTime() - before >= 200_000_000);
        }
    }

    @Test
    void settingsComeFromVariables() {
        assertEquals(new DemoSettings(3001, Duration.ZERO, false), DemoSettings.from(Map.of()));
        assertEquals(
                new DemoSettings(7, Duration.ofMillis(5), true),
                DemoSettings.from(Map.of(
                        "LAMBDA_DISPATCH_PORT", "7",
                        "PORT", "8",
                        "INIT_SLEEP_MS", "5",
                        "DEMO_ALLOW_CRASH", "true")));
        String told = assertThrows(IllegalArgumentException.class, () -> DemoSettings.from(Map.of("PORT", "x")))
                .getMessage();
        assertTrue(told.contains("PORT") && told.contains("'x'"), told);
        assertFalse(told.contains("LAMBDA_DISPATCH_PORT"));
    }

    private static BodyPublisher chunked(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }

    private static byte[] randomBytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static byte[] everyOther1024(byte[] body) {
        java.io.ByteArrayOutputStream kept = new java.io.ByteArrayOutputStream();
        for (int at = 0; at < body.length; at += 2048) {
            kept.write(body, at, Math.min(1024, body.length - at));
        }
        return kept.toByteArray();
    }
}
