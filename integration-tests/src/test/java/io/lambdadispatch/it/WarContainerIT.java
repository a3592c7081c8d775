package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.AnswerHead;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the WAR, unchanged and as root context, does in a container that others make: the same in each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("containers")
abstract class WarContainerIT {
    private static final int BODY_BYTES = 5 * 1024 * 1024 + 7;
    private static final long LARGE_BODY_BYTES = 50L * 1024 * 1024;
    private static final String LAMBDA_ID = "X-Lambda-Id";

    private final String name = getClass().getSimpleName();
    private final WarContainer container = newContainer();
    private LocalSystem system;

    protected abstract WarContainer newContainer();

    /** What the router says of its container when nobody has configured it for a router. */
    protected abstract List<String> warningsOfACarelessContainer();

    @BeforeAll
    void start() throws Exception {
        system = LocalSystem.named(name).in(container).start();
    }

    /** A stop ends what runs and leaves no instance behind, after whatever was asked of the router before. */
    @AfterAll
    void end() throws Exception {
        if (system == null) {
            return;
        }
        try (LocalSystem ended = system) {
            int exitCode = ended.endRouter();
            assertTrue(exitCode == 0 || exitCode == 143, "exit code " + exitCode);
            ended.awaitNoneBusy();
            String log = ended.routerLog();
            assertFalse(log.contains("failed to stop"), log);
            assertFalse(log.contains("memory leak"), log);
        }
    }

    @Test
    void anAppAnswersThroughItsChannel() throws Exception {
        HttpResponse<String> answer = get("/ping");
        assertEquals(200, answer.statusCode());
        assertEquals("pong", answer.body());
        assertTrue(isFromApp(answer));
    }

    @Test
    void everyRouteOfTheDemoAppAnswers() throws Exception {
        assertTrue(get("/").body().contains("<html"), "the page that explains the routes");
        assertTrue(get("/public/").body().contains("<html"), "the page of the image");
        assertTrue(get("/fact").body().contains("\"fact\""), "a fact");
        assertEquals("delayed 20 ms\n", get("/delay").body());
        assertEquals("hints came before this\n", get("/early-hints").body());
        assertTrue(get("/debug").body().contains("\"requestsInFlight\""), "the app's counters");
        assertEquals(403, get("/crash").statusCode());
        assertEquals("abcdefabcdef", post("/double-echo", "abcdef").body());
        assertEquals("abc", post("/half-echo", "abcdef").body());
        assertEquals("abcdef", post("/echo-slow", "abcdef").body());
        HttpResponse<byte[]> image = system.http()
                .send(system.request("/public/silly-test-image.jpg").build(), BodyHandlers.ofByteArray());
        assertEquals("image/jpeg", image.headers().firstValue("content-type").orElse(null));
        assertEquals(image.headers().firstValueAsLong("content-length").orElse(-1), image.body().length);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return system.http()
                .send(system.request(path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    /** Whoever judges paths, it is not the container. */
    @Test
    void oddTargetsReachTheApp() throws Exception {
        List<String> targets = List.of(
                "/a%2Fb",
                "//double//", "/a;b=c/d;e?f;g", "/%01%7f%ff%e4?%zz%", "/a|b^c`{d}?e|f\"<g>\\", "/a[b]\\c?ids[]=1");
        for (String target : targets) {
            try (RawUser user = system.user()) {
                user.send("GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
                String answer = user.readToEnd();
                assertTrue(answer.startsWith("HTTP/1.1 404"), target + ": " + answer);
                assertTrue(lowerCase(answer).contains("\nx-lambda-id: "), target + ": " + answer);
            }
        }
    }

    @Test
    void targetsThatCannotBeReadAreRefused() throws Exception {
        for (String target : List.of("/%zz", "/%00", "/..")) {
            try (RawUser user = system.user()) {
                user.send("GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
                String answer = user.readToEnd();
                assertTrue(answer.startsWith("HTTP/1.1 400"), target + ": " + answer);
            }
        }
    }

    /** What is counted are a head's bytes. */
    @Test
    void requestsMayHaveMoreFieldsThanContainersExpect() throws Exception {
        HttpRequest.Builder request = system.request("/headers");
        for (int i = 0; i < 150; i++) {
            request.header("X-Field-" + i, "value");
        }
        for (HttpClient.Version version : HttpClient.Version.values()) {
            HttpClient user = HttpClient.newBuilder().version(version).build();
            HttpResponse<String> answer = user.send(request.build(), BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            assertTrue(lowerCase(answer.body()).contains("\"x-field-149\""), answer.body());
        }
    }

    /** A health check by address, for one. */
    @Test
    void aHostThatIsNotInTheCertificateIsServedOverTls() throws Exception {
        SSLContext trusting = ServerKey.trusting(container.keyStore());
        try (Socket user = trusting.getSocketFactory().createSocket("127.0.0.1", container.usersTlsPort())) {
            user.getOutputStream()
                    .write("GET /ping HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(user.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        }
    }

    /** Nor is there a session: no answer sets a cookie. */
    @Test
    void usersComeInOverTlsInBothVersionsOfHttp() throws Exception {
        for (HttpClient.Version version : HttpClient.Version.values()) {
            HttpClient user = HttpClient.newBuilder()
                    .version(version)
                    .sslContext(ServerKey.trusting(container.keyStore()))
                    .build();
            HttpRequest request = HttpRequest.newBuilder(URI.create(container.usersTlsUrl() + "/headers"))
                    .build();
            HttpResponse<String> answer = user.send(request, BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            assertEquals(version, answer.version());
            assertTrue(isFromApp(answer));
            assertTrue(
                    lowerCase(answer.body()).contains("{\"name\":\"x-forwarded-proto\",\"value\":\"https\"}"),
                    answer.body());
            assertTrue(answer.headers().firstValue("set-cookie").isEmpty());
        }
    }

    @Test
    void instancesCallBackOverTlsToTheCertificateThatTheyWereTold() throws Exception {
        assertEquals(200, get("/ping").statusCode());
        String log = system.routerLog();
        assertTrue(log.contains("instances call back to " + container.controlUrl()), log);
        assertFalse(log.contains("TlsKeyStorePath is not set"), log);
    }

    @Test
    void fiftyMegabytesComeBackWhileTheyAreSent() throws Exception {
        LargeEcho.assertEchoed(system.routerUrl(), LARGE_BODY_BYTES);
    }

    @Test
    void nothingIsToBeChangedInAContainerThatIsConfiguredAsDocumented() throws Exception {
        String log = system.routerLog();
        for (String sign : List.of("should be ", "no connector ", "no instance can call back", "does not show")) {
            assertFalse(log.contains(sign), log);
        }
    }

    @Test
    void whatShouldBeChangedInACarelessContainerIsInTheLog() throws Exception {
        WarContainer careless = newContainer().carelessly();
        Path logs = Files.createDirectories(Distributions.build().resolve("logs/" + name + "-careless"));
        Map<String, String> settings = Map.of(
                "JAVA_OPTS", "-Xmx128m",
                "LAMBDA_DISPATCH_FunctionName", "lambda-dispatch-demo",
                "LAMBDA_DISPATCH_RouterCallbackHost", "127.0.0.1",
                "AWS_LAMBDA_SERVICE_URL", "http://127.0.0.1:9");
        try (Service service = careless.start(settings, logs)) {
            String unused = careless.awaitUrl(service);
            String log = service.readLog();
            for (String warning : warningsOfACarelessContainer()) {
                assertTrue(log.contains(warning), warning + " is not in: " + log);
            }
        }
    }

    @Test
    void pathAndQueryReachTheAppUnchanged() throws Exception {
        try (RawUser user = system.user()) {
            user.send(
                    "GET /headers?q=a%20b&r=%7C&s=%C3%A9&t=a%2Fb&u[]=[{|}]&v=%zz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            String answer = user.readToEnd();
            assertTrue(answer.contains("\"path\":\"/headers\""), answer);
            assertTrue(answer.contains("\"query\":\"q=a%20b&r=%7C&s=%C3%A9&t=a%2Fb&u[]=[{|}]&v=%zz\""), answer);
        }
    }

    @Test
    void aBodyOfKnownLengthComesBackUnchanged() throws Exception {
        byte[] body = randomBody();
        assertEchoed(body, BodyPublishers.ofByteArray(body));
    }

    @Test
    void aBodyOfUnknownLengthComesBackUnchanged() throws Exception {
        byte[] body = randomBody();
        assertEchoed(body, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
    }

    private static byte[] randomBody() {
        return randomBody(BODY_BYTES);
    }

    private static byte[] randomBody(int bytes) {
        byte[] body = new byte[bytes];
        new Random(7).nextBytes(body);
        return body;
    }

    private void assertEchoed(byte[] expected, BodyPublisher body) throws Exception {
        HttpResponse<byte[]> answer =
                system.http().send(system.request("/echo").POST(body).build(), BodyHandlers.ofByteArray());
        assertEquals(200, answer.statusCode());
        assertArrayEquals(expected, answer.body());
    }

    @Test
    void anAnswerToABodyOfUnknownLengthComesWhileItIsStillSent() throws Exception {
        try (RawUser user = system.user()) {
            user.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
            user.sendChunk("first");
            AnswerHead head = user.readHead();
            assertEquals(200, head.status(), head.toString());
            assertEquals("first", user.readChunk());
            user.sendChunk("second");
            assertEquals("second", user.readChunk());
            user.send("0\r\n\r\n");
            assertEquals("", user.readChunk());
            assertServesOn(user);
        }
    }

    @Test
    void anAnswerToABodyOfKnownLengthComesWhileItIsStillSent() throws Exception {
        try (RawUser user = system.user()) {
            user.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 11\r\n\r\n");
            user.send("first");
            AnswerHead head = user.readHead();
            assertEquals(List.of("11"), head.values("Content-Length"));
            assertEquals("first", user.readText(5));
            user.send("second");
            assertEquals("second", user.readText(6));
            assertServesOn(user);
        }
    }

    /** The connection is kept, and in step. */
    private static void assertServesOn(RawUser user) throws IOException {
        user.send("GET /ping HTTP/1.1\r\nHost: test\r\n\r\n");
        AnswerHead head = user.readHead();
        assertEquals(200, head.status(), head.toString());
        assertEquals("pong", user.readText(4));
    }

    @Test
    void theFirstLineOfAStreamComesBeforeTheLastIsSent() throws Exception {
        try (RawUser user = system.user()) {
            user.send("GET /chunked-response?delay=3000 HTTP/1.1\r\nHost: test\r\n\r\n");
            AnswerHead unused = user.readHead();
            assertTrue(user.readChunk().startsWith("first line"));
            long first = System.nanoTime();
            assertTrue(user.readChunk().startsWith("last line"));
            // The app waits 3 s between both; had they been held back, they would have come together.
            assertTrue(System.nanoTime() - first > TimeUnit.SECONDS.toNanos(1));
            assertEquals("", user.readChunk());
        }
    }

    @Test
    void answersWithoutBodyEndWithTheirHead() throws Exception {
        try (RawUser user = system.user()) {
            user.send("HEAD /ping HTTP/1.1\r\nHost: test\r\n\r\n");
            AnswerHead head = user.readHead();
            assertEquals(200, head.status(), head.toString());
            assertEquals(List.of("4"), head.values("Content-Length"));
            user.send("GET /no-content HTTP/1.1\r\nHost: test\r\n\r\n");
            head = user.readHead();
            assertEquals(204, head.status(), head.toString());
            user.send("GET /not-modified HTTP/1.1\r\nHost: test\r\n\r\n");
            head = user.readHead();
            assertEquals(304, head.status(), head.toString());
            assertEquals(List.of("\"never-changes\""), head.values("ETag"));
            assertServesOn(user);
        }
    }

    @Test
    void oddStatusesPassWithTheAppsBody() throws Exception {
        HttpResponse<String> odd = get("/odd-status");
        assertEquals(519, odd.statusCode());
        assertEquals("status 519\n", odd.body());
        // No error page of the container takes the place of the app's.
        HttpResponse<String> teapot = get("/odd-status?status=500");
        assertEquals(500, teapot.statusCode());
        assertEquals("status 500\n", teapot.body());
        assertEquals(404, get("/no-such-route").statusCode());
    }

    @Test
    void anAnswerThatIsBrokenOffDoesNotLookWhole() throws Exception {
        try (RawUser user = system.user()) {
            user.send("GET /abort HTTP/1.1\r\nHost: test\r\n\r\n");
            AnswerHead head = user.readHead();
            // The failure may overtake the head, which then is not sent.
            if (head.status() != 502) {
                assertEquals(List.of("1000"), head.values("Content-Length"));
                String body = user.readToEnd();
                assertTrue(body.length() < 1000, body);
            }
        }
        assertEquals(200, get("/ping").statusCode());
    }

    @Test
    void onUsersPortControlPathsAreTheApps() throws Exception {
        for (String path : List.of("/api/chunked/ping/any", "/api/chunked/close/any", "/api/chunked/any")) {
            HttpResponse<String> answer = get(path);
            assertEquals(404, answer.statusCode());
            assertTrue(isFromApp(answer), path);
        }
        // And what lies between router and instance is nobody's.
        for (String path : List.of("/_lambda_dispatch/goaway", "/_lambda_dispatch/abort")) {
            HttpResponse<String> answer = get(path);
            assertEquals(404, answer.statusCode());
            assertFalse(isFromApp(answer), path);
        }
    }

    @Test
    void onTheControlPortNothingElseIsServed() throws Exception {
        HttpRequest ping = HttpRequest.newBuilder(URI.create(container.controlUrl() + "/ping"))
                .build();
        HttpClient stranger = HttpClient.newBuilder()
                .sslContext(ServerKey.trusting(container.keyStore()))
                .build();
        HttpResponse<String> answer = stranger.send(ping, BodyHandlers.ofString());
        assertEquals(404, answer.statusCode());
        assertFalse(isFromApp(answer));
    }

    @Test
    void theRouterTellsItsHealthItself() throws Exception {
        HttpResponse<String> answer = get("/health");
        assertEquals(200, answer.statusCode());
        assertEquals("OK", answer.body().strip());
        assertFalse(isFromApp(answer));
    }

    @Test
    void operatorsHaveAPortOfTheirOwn() throws Exception {
        assertEquals(200, get("/ping").statusCode());
        String figures = operators("/metrics").body();
        assertTrue(figures.contains("lambda_dispatch_"), figures);
        assertEquals(200, operators("/ready").statusCode());
        assertTrue(operators("/state").body().contains("\"pools\""));
        assertEquals(404, operators("/ping").statusCode());
        // On users' ports these paths are the app's.
        assertTrue(isFromApp(get("/state")));
    }

    private HttpResponse<String> operators(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + container.adminPort() + path);
        return system.http().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @Test
    void aCrowdIsServedFromZeroInstances() throws Exception {
        system.awaitNoneBusy();
        List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(
                    system.http().sendAsync(system.request("/delay?delay=20").build(), BodyHandlers.discarding()));
        }
        for (CompletableFuture<HttpResponse<Void>> answer : answers) {
            assertEquals(200, answer.get().statusCode());
        }
    }

    /** One slot in all, set by context-param: while a request has it, no other is served. Instances call back over h2c here. */
    @Test
    void aUserWhoLeavesFreesHisSlot() throws Exception {
        WarContainer narrow = newContainer().insecurely().contextParameter("MaxConcurrentCount", "1");
        try (LocalSystem oneSlot = LocalSystem.named(name + "-one-slot")
                .in(narrow)
                .option("--concurrency", "1")
                .start()) {
            leaveWhileSending(oneSlot);
            assertSlotIsFree(oneSlot);
            leaveWhileReceiving(oneSlot);
            assertSlotIsFree(oneSlot);
            leaveOnHttp2AtManyMoments(oneSlot);
            loseTheInstance(oneSlot);
            assertServed(oneSlot);
            assertFalse(oneSlot.routerLog().contains("failed unexpectedly"), oneSlot.routerLog());
        }
    }

    private static void leaveWhileSending(LocalSystem system) throws IOException {
        try (RawUser user = system.user()) {
            user.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000000\r\n\r\nfirst");
            AnswerHead unused = user.readHead();
            assertEquals("first", user.readText(5));
            user.leaveRudely();
        }
    }

    /** HTTP/1.1: the container notices when it writes the next part, which the app sends after some seconds. */
    private static void leaveWhileReceiving(LocalSystem system) throws IOException {
        try (RawUser user = system.user()) {
            int size = 40 * 64 * 1024;
            user.send("POST /echo-slow?delay=3000 HTTP/1.1\r\nHost: test\r\nContent-Length: " + size + "\r\n\r\n");
            user.send(new byte[size]);
            AnswerHead unused = user.readHead();
            user.leaveRudely();
        }
    }

    /** While the request waits, is being dispatched, is answered, and while nothing moves. */
    private static void leaveOnHttp2AtManyMoments(LocalSystem system) throws Exception {
        HttpClient http2 =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        // Whoever has upgraded once needs not do it again, so that the next request is HTTP/2 from its first byte.
        HttpResponse<Void> first = http2.send(system.request("/ping").build(), BodyHandlers.discarding());
        assertEquals(HttpClient.Version.HTTP_2, first.version());
        HttpRequest endless = system.request("/chunked-response?delay=600000").build();
        for (int round = 0; round < 12; round++) {
            CompletableFuture<Object> hasBegun = new CompletableFuture<>();
            var answer = http2.sendAsync(endless, head -> {
                hasBegun.complete(head);
                return BodySubscribers.discarding();
            });
            switch (round % 3) {
                case 0 ->
                    Await.until("an environment is busy", () -> system.stats().contains("BUSY"));
                case 1 -> hasBegun.get();
                default -> {}
            }
            assertTrue(answer.cancel(true));
            assertServed(system);
        }
    }

    private static void loseTheInstance(LocalSystem system) throws Exception {
        try (RawUser user = system.user()) {
            user.send("GET /chunked-response?delay=600000 HTTP/1.1\r\nHost: test\r\n\r\n");
            AnswerHead unused = user.readHead();
            assertTrue(user.readChunk().startsWith("first line"));
            system.kill(system.busyEnvironment());
            // Of an answer that looks whole this would be the last chunk.
            assertEquals("", user.readToEnd().strip());
        }
    }

    /** A request is served; and the app, which is told a moment later than the router, runs no other any more. */
    private static void assertSlotIsFree(LocalSystem system) {
        Await.until("the app runs one request", () -> {
            HttpResponse<String> answer =
                    system.http().send(system.request("/debug").build(), BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            return answer.body().contains("\"requestsInFlight\":1,");
        });
    }

    private static void assertServed(LocalSystem system) throws Exception {
        HttpResponse<Void> answer = system.http().send(system.request("/ping").build(), BodyHandlers.discarding());
        assertEquals(200, answer.statusCode());
    }

    @Test
    void allFaultsOfTheConfigurationAreInTheLogAndNothingIsServed() throws Exception {
        WarContainer misconfigured = newContainer().contextParameter("MaxConcurrentCount", "0");
        Path logs = Files.createDirectories(Distributions.build().resolve("logs/" + name + "-bad-configuration"));
        try (Service service = misconfigured.start(Map.of("JAVA_OPTS", "-Xmx128m"), logs)) {
            String unused = service.awaitLine(Pattern.compile("(FunctionName: not set)"));
            unused = service.awaitLine(Pattern.compile("(MaxConcurrentCount: 0)"));
            unused = misconfigured.awaitUrl(service);
            try (RawUser user = RawUser.connect(misconfigured.usersPort())) {
                user.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
                assertNotEquals(200, user.readHead().status());
            }
        }
    }

    /** Instances must be able to call back after the stop has begun, or these users would not be served. */
    @Test
    void usersWhoWaitForAColdStartWhenTheContainerIsStoppedAreServed() throws Exception {
        assertWaitingUsersAreServed("-stop-cold", newContainer(), LocalSystem::endRouter);
    }

    /** His instance has handed over all of the answer, and may leave; nobody may cut him off. A context-param is set as documented. */
    @Test
    void aSlowUserGetsAllOfHisAnswerWhenTheContainerIsStopped() throws Exception {
        WarContainer host = newContainer().contextParameter("MaxConcurrentCount", "5");
        LocalSystem.Builder builder =
                LocalSystem.named(name + "-stop-slow").in(host).setting("ShutdownTimeout", "2m");
        try (LocalSystem stopped = builder.start();
                RawUser user = stopped.slowUser(32 * 1024)) {
            byte[] body = randomBody(1_500_000);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sendForEcho(user, body));
            AnswerHead head = user.readHead();
            assertEquals(200, head.status(), head.toString());
            sent.get();
            stopped.awaitInLog("is draining");

            CompletableFuture<Integer> end = CompletableFuture.supplyAsync(stopped::endRouter);
            Await.until("the router is leaving", () -> !stopped.isHealthy());
            assertArrayEquals(body, user.readBytes(body.length));
            int exitCode = end.get();
            assertTrue(exitCode == 0 || exitCode == 143, "exit code " + exitCode);
            stopped.awaitNoneBusy();
            assertNoFaults(stopped.routerLog());
        }
    }

    private static void sendForEcho(RawUser user, byte[] body) {
        try {
            user.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .send(body);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What ends the router while its users wait. */
    @FunctionalInterface
    protected interface Ending {
        void end(LocalSystem system) throws Exception;
    }

    protected final void assertWaitingUsersAreServed(String suffix, WarContainer host, Ending ending) throws Exception {
        // The delay lets in those users, too, who have not got through to the router when it is told to end.
        LocalSystem.Builder builder = LocalSystem.named(name + suffix)
                .in(host)
                .setting("DrainDelay", "1s")
                .setting("ShutdownTimeout", "2m");
        endWhileUsersWait(builder, 8, ending, user -> {
            AnswerHead head = user.readHead();
            assertEquals(200, head.status(), head.toString());
            assertEquals("pong", user.readText(4));
        });
    }

    protected final void assertWaitingUsersAreToldToComeBack(String suffix, WarContainer host, Ending ending)
            throws Exception {
        LocalSystem.Builder builder = LocalSystem.named(name + suffix).in(host).setting("ShutdownTimeout", "1s");
        endWhileUsersWait(builder, 1, ending, user -> {
            AnswerHead head = user.readHead();
            assertEquals(503, head.status(), head.toString());
            assertFalse(head.values("Retry-After").isEmpty(), head.toString());
            assertEquals(List.of("close"), head.values("Connection"));
        });
    }

    @FunctionalInterface
    private interface Check {
        void on(RawUser user) throws IOException;
    }

    private static void endWhileUsersWait(LocalSystem.Builder builder, int count, Ending ending, Check check)
            throws Exception {
        List<RawUser> users = new ArrayList<>();
        try (LocalSystem cold = builder.option("--cold-start", "4000").start()) {
            for (int i = 0; i < count; i++) {
                String request = i % 2 == 0
                        ? "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\npong"
                        : "GET /ping HTTP/1.1\r\nHost: test\r\n\r\n";
                users.add(cold.user().send(request));
            }
            cold.awaitInLog("instances wanted");
            assertFalse(cold.routerLog().contains("opened after"), cold.routerLog());

            ending.end(cold);
            for (RawUser user : users) {
                check.on(user);
            }
            cold.awaitNoneBusy();
            assertNoFaults(cold.routerLog());
        } finally {
            for (RawUser user : users) {
                user.close();
            }
        }
    }

    @Test
    void anUndeployedRouterFinishesWhatItHas() throws Exception {
        WarContainer left = newContainer();
        try (LocalSystem undeployed =
                LocalSystem.named(name + "-undeploy").in(left).start()) {
            try (RawUser user = undeployed.user()) {
                user.send("GET /chunked-response?delay=4000 HTTP/1.1\r\nHost: test\r\n\r\n");
                AnswerHead unused = user.readHead();
                assertTrue(user.readChunk().startsWith("first line"));
                left.undeploy();
                assertTrue(user.readChunk().startsWith("last line"));
                assertEquals("", user.readChunk());
            }
            undeployed.awaitNoneBusy();
            Await.until("nothing is deployed", () -> {
                HttpResponse<Void> health =
                        undeployed.http().send(undeployed.request("/health").build(), BodyHandlers.discarding());
                return health.statusCode() == 404;
            });
            assertNoFaults(undeployed.routerLog());
        }
    }

    /** Neither exceptions nor leaks. */
    private static void assertNoFaults(String log) {
        assertFalse(log.contains("Exception"), log);
        assertFalse(log.contains("failed to stop"), log);
        assertFalse(log.contains("memory leak"), log);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return system.http().send(system.request(path).build(), BodyHandlers.ofString());
    }

    /** What a client has sent names its instance. */
    private static boolean isFromApp(HttpResponse<?> answer) {
        return answer.headers().firstValue(LAMBDA_ID).isPresent();
    }

    private static String lowerCase(String head) {
        return head.toLowerCase(Locale.ROOT);
    }
}
