package io.lambdadispatch.it.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.demo.DemoApp;
import io.lambdadispatch.demo.DemoSettings;
import io.lambdadispatch.it.load.LoadRequest.Framing;
import io.lambdadispatch.it.load.Outcome.Kind;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("faults")
class LoadGeneratorTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** A reset may overtake what was sent before it. */
    private static final int ANY = -1;

    /** Each answers the first request on a connection, then does what its ending says. */
    static Stream<Arguments> answers() {
        String ok = "HTTP/1.1 200 OK\r\n";
        String chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
        return Stream.of(
                Arguments.of(ok + "Content-Length: 4\r\n\r\npong", Ending.STAY, Kind.ANSWERED, 200),
                Arguments.of(ok + "Content-Length: 4\r\n\r\npong", Ending.CLOSE, Kind.ANSWERED, 200),
                Arguments.of(ok + "Connection: close\r\n\r\npong", Ending.CLOSE, Kind.ANSWERED, 200),
                Arguments.of(chunked + "4\r\npong\r\n0\r\n\r\n", Ending.STAY, Kind.ANSWERED, 200),
                Arguments.of(chunked + "1\r\np\r\n3\r\nong\r\n0\r\nA: b\r\n\r\n", Ending.STAY, Kind.ANSWERED, 200),
                Arguments.of(
                        "HTTP/1.1 100 Continue\r\n\r\n" + chunked + "4\r\npong\r\n0\r\n\r\n",
                        Ending.STAY,
                        Kind.ANSWERED,
                        200),
                Arguments.of("HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nbad", Ending.STAY, Kind.ANSWERED, 502),
                Arguments.of("HTTP/1.1 204 No\r\n\r\n", Ending.STAY, Kind.ANSWERED, 204),

                // What passes for whole, and is not.
                Arguments.of(ok + "Content-Length: 3\r\n\r\npon", Ending.STAY, Kind.WRONG, 200),
                Arguments.of(ok + "Content-Length: 0\r\n\r\n", Ending.STAY, Kind.WRONG, 200),
                Arguments.of(ok + "Content-Length: 4\r\n\r\npung", Ending.STAY, Kind.WRONG, 200),
                Arguments.of(ok + "Content-Length: 5\r\n\r\npongs", Ending.STAY, Kind.WRONG, 200),
                Arguments.of(ok + "\r\npon", Ending.CLOSE, Kind.WRONG, 200),
                Arguments.of(chunked + "3\r\npon\r\n0\r\n\r\n", Ending.STAY, Kind.WRONG, 200),
                Arguments.of(chunked + "0\r\n\r\n", Ending.STAY, Kind.WRONG, 200),
                Arguments.of(chunked + "3\r\npan", Ending.CLOSE, Kind.WRONG, 200),

                // What everyone can tell for broken off.
                Arguments.of(ok + "Content-Length: 4\r\n\r\npon", Ending.CLOSE, Kind.ABORTED, 200),
                Arguments.of(ok + "Content-Length: 4\r\n\r\npon", Ending.RESET, Kind.ABORTED, ANY),
                Arguments.of(chunked + "4\r\npong\r\n", Ending.CLOSE, Kind.ABORTED, 200),
                Arguments.of(chunked + "4\r\npong\r\n0\r\n", Ending.CLOSE, Kind.ABORTED, 200),
                Arguments.of(chunked + "4\r\npon", Ending.CLOSE, Kind.ABORTED, 200),
                Arguments.of(ok + "Content-Le", Ending.CLOSE, Kind.ABORTED, 0),
                Arguments.of("", Ending.CLOSE, Kind.ABORTED, 0),
                Arguments.of("", Ending.RESET, Kind.NOT_ACCEPTED, ANY),

                // What is no HTTP.
                Arguments.of("HTP/1.1 200 OK\r\n\r\n", Ending.STAY, Kind.ABORTED, 0),
                Arguments.of(chunked + "x\r\n", Ending.STAY, Kind.ABORTED, 200),
                Arguments.of(chunked + "3\r\npong\r\n0\r\n\r\n", Ending.STAY, Kind.ABORTED, 200),
                Arguments.of("", Ending.STAY, Kind.TIMED_OUT, 0),
                Arguments.of(ok + "Content-Length: 4\r\n\r\npon", Ending.STAY, Kind.TIMED_OUT, 200));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void tellsHowARequestEnded(String answer, Ending ending, Kind kind, int status) throws Exception {
        for (int pieceSize : new int[] {1, answer.length() + 1}) {
            try (ScriptedServer server = new ScriptedServer(answer, pieceSize, ending)) {
                // Long enough for a head to come before.
                Duration limit = kind != Kind.TIMED_OUT ? LIMIT : Duration.ofMillis(answer.isEmpty() ? 300 : 3_000);
                List<Outcome> outcomes =
                        load(server.url(), LoadGeneratorTest::ping, 1, limit).outcomes();
                assertEquals(1, outcomes.size());
                Outcome outcome = outcomes.get(0);
                assertEquals(kind, outcome.kind(), outcome::toString);
                assertTrue(status == ANY || status == outcome.status(), outcome::toString);
                assertEquals(kind == Kind.ANSWERED, outcome.detail() == null, outcome::toString);
                assertEquals(kind == Kind.ANSWERED && status == 200, outcome.isGood());
                assertTrue(outcome.isSafe());
                assertNull(outcome.instance());
            }
        }
    }

    /** In one piece: what comes later comes too late to spoil the answer. */
    @Test
    void tellsThatMoreHasComeThanWasAnnounced() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong!";
        try (ScriptedServer server = new ScriptedServer(answer, 1000, Ending.STAY)) {
            List<Outcome> outcomes =
                    load(server.url(), LoadGeneratorTest::ping, 1, LIMIT).outcomes();
            assertEquals(
                    List.of(Kind.ABORTED), outcomes.stream().map(Outcome::kind).toList());
        }
    }

    private static LoadRequest ping() {
        return LoadRequest.get("/ping", Content.of("pong"));
    }

    /** As many requests, each long after the one before: what is overdue is sent at once. */
    private static LoadReport load(URI url, Workload workload, int count, Duration limit) throws Exception {
        return LoadGenerator.start(url, workload, 1, Duration.ofSeconds(count), limit)
                .await();
    }

    @Test
    void aConnectionServesOneAfterTheOther() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nX-Lambda-Id: i7\r\nContent-Length: 4\r\n\r\npong";
        try (ScriptedServer server = new ScriptedServer(answer, 1000, Ending.SERVE_ON)) {
            LoadReport report = load(server.url(), LoadGeneratorTest::ping, 5, LIMIT);
            assertEquals(List.of(), report.bad());
            assertEquals(5, report.outcomes().size());
            assertEquals(1, report.mostConnections());
            assertEquals("i7", report.outcomes().get(0).instance());
        }
    }

    @Test
    void aConnectionThatIsClosedWithoutAWordHasDroppedItsRequest() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong";
        try (ScriptedServer server = new ScriptedServer(answer, 1000, Ending.SERVE_ONE_READ_ONE)) {
            List<Outcome> outcomes =
                    load(server.url(), LoadGeneratorTest::ping, 2, LIMIT).outcomes();
            assertEquals(
                    List.of(Kind.ANSWERED, Kind.DROPPED),
                    outcomes.stream().map(Outcome::kind).toList());
        }
    }

    @Test
    void afterAMoveASafeRequestThatWasDroppedIsSentAgain() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nX-Lambda-Id: %s\r\nContent-Length: 4\r\n\r\npong";
        try (ScriptedServer old = new ScriptedServer(answer.formatted("old"), 1000, Ending.SERVE_ONE_READ_ONE);
                ScriptedServer next = new ScriptedServer(answer.formatted("new"), 1000, Ending.SERVE_ON)) {
            CompletableFuture<LoadGenerator> generator = new CompletableFuture<>();
            AtomicInteger requests = new AtomicInteger();
            Workload workload = () -> {
                if (requests.incrementAndGet() == 2) {
                    generator.join().moveTo(next.url());
                }
                return ping();
            };
            generator.complete(LoadGenerator.start(old.url(), workload, 1, Duration.ofSeconds(4), LIMIT));
            LoadReport report = generator.join().await();
            assertEquals(List.of(), report.bad());
            assertEquals(1, report.sentAgain());
            assertEquals(
                    List.of("old", "new", "new", "new"),
                    report.outcomes().stream().map(Outcome::instance).toList());
        }
    }

    @Test
    void aConnectionThatWasClosedMeanwhileIsNotUsedAgain() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong";
        try (ScriptedServer server = new ScriptedServer(answer, 1000, Ending.CLOSE)) {
            LoadReport report = load(server.url(), LoadGeneratorTest::ping, 5, LIMIT);
            assertEquals(List.of(), report.bad());
            assertEquals(5, report.outcomes().size());
        }
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestCounts() throws Exception {
        String answer = "HTTP/1.1 503 Gone\r\nContent-Length: 0\r\n\r\n";
        ByteBuffer body = ByteBuffer.wrap("body in parts".getBytes(StandardCharsets.US_ASCII));
        try (ScriptedServer server = new ScriptedServer(answer, 1000, Ending.STAY)) {
            Workload workload = () -> LoadRequest.echo(
                    "/echo", body, Framing.CHUNKED, 3, Duration.ofSeconds(1).toNanos());
            LoadReport report = load(server.url(), workload, 2, LIMIT);
            assertEquals(2, report.where(outcome -> outcome.status() == 503).size(), report::toString);
            assertEquals("/echo", report.outcomes().get(0).route());
            assertFalse(report.outcomes().get(0).isSafe());
        }
    }

    @Test
    void nobodyListens() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
        }
        LoadReport report = load(URI.create("http://127.0.0.1:" + port), LoadGeneratorTest::ping, 2, LIMIT);
        assertEquals(
                List.of(Kind.NOT_CONNECTED, Kind.NOT_CONNECTED),
                report.outcomes().stream().map(Outcome::kind).toList());
    }

    @Test
    void theDemoAppAnswersAThousandASecond() throws Exception {
        try (DemoApp app = DemoApp.start(new DemoSettings(0, Duration.ZERO, false))) {
            URI url = URI.create("http://127.0.0.1:" + app.port());
            LoadReport report = LoadGenerator.start(url, new DemoWorkload(1), 1000, Duration.ofSeconds(4), LIMIT)
                    .await();
            System.out.println(report);
            assertEquals(List.of(), report.bad());
            assertEquals(4000, report.outcomes().size());
            Set<String> routes = report.outcomes().stream().map(Outcome::route).collect(Collectors.toSet());
            assertEquals(Set.of("/ping", "/fact", "/delay", "/echo", "/echo-slow"), routes);
            assertNotNull(report.bySecond());
        }
    }
}
