package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.EmbeddedRequest;
import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.H2User;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.Field;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the app sees of a request, and the user of an answer, when nothing goes wrong. */
class RoundTripTest {
    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = Rig.warm();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private static int tlsPort(Rig tls) {
        return tls.router().ports().usersHttps().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND"})
    void anyMethodGoesThroughWithAndWithoutHttp2(String method) throws Exception {
        RawUser user = rig.user().send(method + " /m?a=b HTTP/1.1\r\nHost: h\r\n\r\n");
        ScriptedChannel channel = rig.instance().open();
        assertEquals(method + " /m?a=b HTTP/1.1", channel.awaitRequest().requestLine());
        assertEquals(0, channel.readBody().length);
        String body = method.equals("HEAD") ? "" : "hello";
        channel.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body);
        Answer answer = user.readAnswer(method);
        assertEquals(200, answer.status());
        assertEquals(List.of("5"), answer.head().values("Content-Length"));
        assertEquals(body, answer.text());

        H2Stream stream = rig.h2User().request(method, "/m?a=b", HttpFields.EMPTY, true);
        ScriptedChannel second = rig.instance().open();
        assertEquals(method + " /m?a=b HTTP/1.1", second.awaitRequest().requestLine());
        assertEquals(0, second.readBody().length);
        second.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body);
        assertEquals(200, stream.status());
        assertEquals("5", stream.fields().get("Content-Length"));
        assertEquals(body, stream.readText());
        rig.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a//b/%2e%2e/c;x=1?q=%zz&r=%7C",
                "/%2F",
                "/%2f%2F/%5c",
                "/a/./b/../c",
                "/trailing.",
                "/..trailing/..",
                "/empty?",
                "/?",
                "//double//",
                "/a;b=c/d;e?f;g",
                "/%01%7f%ff%e4?%zz%",
                "/~user/!$&'()*+,=:@",
                "/q?a=b?c=d&&==",
                "/a|b^c`{d}?e|f\"<g>\\",
            })
    void theRequestTargetArrivesByteForByte(String target) throws Exception {
        RawUser user = rig.user().get(target);
        ScriptedChannel channel = rig.instance().open();
        assertEquals(target, channel.awaitRequest().target());
        channel.ok("h1");
        assertEquals("h1", user.readAnswer().text());

        H2Stream stream = rig.h2User().get(target);
        ScriptedChannel second = rig.instance().open();
        assertEquals(target, second.awaitRequest().target());
        second.ok("h2");
        assertEquals("h2", stream.readText());
    }

    @Test
    void anAbsoluteTargetBecomesItsPath() throws Exception {
        RawUser user = rig.user().send("GET http://example.com:99/x/%2e?y=z HTTP/1.1\r\nHost: example.com:99\r\n\r\n");
        ScriptedChannel channel = rig.instance().open();
        EmbeddedRequest request = channel.awaitRequest();
        assertEquals("/x/%2e?y=z", request.target());
        assertEquals(List.of("example.com:99"), request.values("Host"));
        channel.ok("ok");
        assertEquals(200, user.readAnswer().status());
    }

    @Test
    void requestFieldsKeepTheirOrderTheirRepeatsAndTheirBytes() throws Exception {
        RawUser user = rig.user()
                .send(head(
                        "GET / HTTP/1.1",
                        "Host: h:1",
                        "X-B: 1",
                        "X-A: \u00fc\u00df\u00a0x ",
                        "X-B:2",
                        "X-B:\t3\t",
                        "X-Empty:",
                        "Accept: a, b",
                        "Accept: c",
                        "Cookie: a=\u00e4; b=2"));
        ScriptedChannel channel = rig.instance().open();
        EmbeddedRequest request = channel.awaitRequest();
        assertEquals(List.of("1", "2", "3"), request.values("X-B"));
        assertEquals(List.of("\u00fc\u00df\u00a0x"), request.values("X-A"));
        assertEquals(List.of(""), request.values("X-Empty"));
        assertEquals(List.of("a, b", "c"), request.values("Accept"));
        assertEquals(List.of("a=\u00e4; b=2"), request.values("Cookie"));
        List<String> names = request.fields().stream()
                .map(Field::name)
                .filter(name -> !name.startsWith("X-Forwarded"))
                .distinct()
                .toList();
        assertEquals(List.of("Host", "X-B", "X-A", "X-Empty", "Accept", "Cookie", "X-Amzn-Trace-Id"), names);
        channel.ok("ok");
        assertEquals(200, user.readAnswer().status());
    }

    @Test
    void requestFieldsOfHttp2KeepTheirRepeatsAndTheirBytes() throws Exception {
        HttpFields fields = HttpFields.build()
                .add("x-b", "1")
                .add("x-a", "\u00fc\u00df\u00a0x")
                .add("x-b", "2")
                .add("x-empty", "")
                .add("x-b", "3");
        H2Stream stream = rig.h2User().request("GET", "/", fields, true);
        ScriptedChannel channel = rig.instance().open();
        EmbeddedRequest request = channel.awaitRequest();
        assertEquals(List.of("1", "2", "3"), request.values("X-B"));
        assertEquals(List.of("\u00fc\u00df\u00a0x"), request.values("X-A"));
        assertEquals(List.of(""), request.values("X-Empty"));
        assertEquals(List.of("127.0.0.1:" + rig.usersPort()), request.values("Host"));
        channel.ok("ok");
        assertEquals(200, stream.status());
    }

    @Test
    void answerFieldsKeepTheirOrderTheirRepeatsAndTheirBytes() throws Exception {
        String[] lines = {
            "HTTP/1.1 200 Fine",
            "Date: Thu, 01 Jan 1970 00:00:00 GMT",
            "X-B: 1",
            "Set-Cookie: a=\u00e4",
            "X-A: \u00fc\u00df\u00a0x",
            "Set-Cookie: b=2; Path=/",
            "X-B: 2",
            "X-Empty: ",
            "Location: ../else?where",
            "Content-Type: text/HTML; Charset=Windows-1252;x=\"y\"",
            "ETag: W/\"x\"",
            "Server: app/1",
            "Via: 1.1 app",
            "Content-Language: de, en",
            "Content-Encoding: identity",
            "Vary: a",
            "Vary: b",
            "Expires: 0",
            "Content-Length: 2"
        };
        RawUser user = rig.user().get("/");
        H2Stream stream = rig.h2User().get("/");
        for (int i = 0; i < 2; i++) {
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.answer(head(lines) + "ok");
        }
        Answer answer = user.readAnswer();
        List<String> received =
                answer.head().fields().stream().map(Field::toString).toList();
        assertEquals(List.of(lines).subList(1, lines.length), received);
        assertEquals("ok", answer.text());
        for (String name :
                List.of("X-B", "Set-Cookie", "X-A", "X-Empty", "Location", "Content-Type", "Date", "Server")) {
            assertEquals(answer.head().values(name), stream.fields().getValuesList(name), name);
        }
    }

    @Test
    void hopByHopFieldsOfARequestStayBehind() throws Exception {
        RawUser user = rig.user()
                .send(head(
                        "POST / HTTP/1.1",
                        "Host: h",
                        "Connection: keep-alive, Upgrade, X-Mine",
                        "Connection: x-Other",
                        "X-Mine: 1",
                        "X-Other: 2",
                        "Keep-Alive: timeout=5",
                        "Proxy-Connection: x",
                        "TE: trailers",
                        "Upgrade: websocket",
                        "Proxy-Authorization: secret",
                        "Trailer: X-T",
                        "X-Kept: 3",
                        "Transfer-Encoding: chunked"))
                .send("2\r\nhi\r\n0\r\n\r\n");
        ScriptedChannel channel = rig.instance().open();
        EmbeddedRequest request = channel.awaitRequest();
        for (String name : List.of(
                "Connection",
                "X-Mine",
                "X-Other",
                "Keep-Alive",
                "Proxy-Connection",
                "TE",
                "Upgrade",
                "Proxy-Authorization",
                "Trailer")) {
            assertEquals(List.of(), request.values(name), name);
        }
        assertEquals(List.of("chunked"), request.values("Transfer-Encoding"), "the router's own, once");
        assertEquals(List.of("3"), request.values("X-Kept"));
        assertEquals("hi", channel.readText(2));
        channel.ok("ok");
        assertEquals(200, user.readAnswer().status());
    }

    @Test
    void hopByHopFieldsOfAnAnswerStayBehind() throws Exception {
        RawUser user = rig.user().get("/");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.answer(head(
                        "HTTP/1.1 200 OK",
                        "Connection: X-Mine",
                        "Connection: close, X-Other",
                        "X-Mine: 1",
                        "X-Other: 2",
                        "Keep-Alive: timeout=5",
                        "Proxy-Authenticate: x",
                        "Upgrade: h2c",
                        "Transfer-Encoding: chunked",
                        "X-Kept: 3",
                        "Content-Length: 2")
                + "ok");
        Answer answer = user.readAnswer();
        for (String name : List.of(
                "Connection",
                "X-Mine",
                "X-Other",
                "Keep-Alive",
                "Proxy-Authenticate",
                "Upgrade",
                "Transfer-Encoding")) {
            assertEquals(List.of(), answer.head().values(name), name);
        }
        assertEquals(List.of("3"), answer.head().values("X-Kept"));
        assertEquals("ok", answer.text());
    }

    @Test
    void whatTheRouterKnowsOfTheUserIsAppendedToForwardedFields() throws Exception {
        RawUser user = rig.user()
                .send(head(
                        "GET / HTTP/1.1",
                        "Host: shop.example",
                        "X-Forwarded-For: 10.0.0.1",
                        "X-Forwarded-For: 10.0.0.2",
                        "X-Forwarded-Proto: https",
                        "x-forwarded-host: front.example"));
        ScriptedChannel channel = rig.instance().open();
        EmbeddedRequest request = channel.awaitRequest();
        assertEquals(List.of("10.0.0.1, 10.0.0.2, 127.0.0.1"), request.values("X-Forwarded-For"));
        assertEquals(List.of("https, http"), request.values("X-Forwarded-Proto"));
        assertEquals(List.of("front.example, shop.example"), request.values("X-Forwarded-Host"));
        assertEquals(List.of("shop.example"), request.values("Host"));
        channel.ok("ok");
        assertEquals(200, user.readAnswer().status());
    }

    @Test
    void cookieCrumbsOfHttp2AreJoined() throws Exception {
        HttpFields fields = HttpFields.build()
                .add("cookie", "a=1")
                .add("x", "y")
                .add("cookie", "b=2")
                .add("cookie", "c=3; d=4");
        H2Stream stream = rig.h2User().request("GET", "/", fields, true);
        ScriptedChannel channel = rig.instance().open();
        assertEquals(List.of("a=1; b=2; c=3; d=4"), channel.awaitRequest().values("Cookie"));
        channel.ok("ok");
        assertEquals(200, stream.status());
    }

    @Test
    void theRouterItselfAnswersExpectContinue() throws Exception {
        RawUser user =
                rig.user().send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        ScriptedChannel channel = rig.instance().open();
        assertEquals(List.of(), channel.awaitRequest().values("Expect"));
        assertEquals(100, user.readHead().status());
        user.send("body");
        assertEquals("body", channel.readText(4));
        channel.ok("ok");
        assertEquals(200, user.readAnswer().status());
    }

    @Test
    void anHttp10UserGetsAnAnswerThatEndsWithTheConnection() throws Exception {
        RawUser user = rig.user().send("GET /old HTTP/1.0\r\n\r\n");
        ScriptedChannel channel = rig.instance().open();
        EmbeddedRequest request = channel.awaitRequest();
        assertEquals("GET /old HTTP/1.1", request.requestLine());
        assertEquals(1, request.values("Host").size());
        channel.answer("HTTP/1.1 200 OK\r\n\r\nsome bytes");
        Answer answer = user.readAnswer();
        assertEquals(List.of(), answer.head().values("Transfer-Encoding"));
        assertEquals("some bytes", answer.text());
        assertTrue(user.awaitEnd());
        rig.awaitQuiet();
    }

    @Test
    void anHttp10UserMaySendABody() throws Exception {
        RawUser user = rig.user().send("POST /old HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        assertEquals("abc", channel.readText(3));
        channel.ok("ok");
        assertEquals("ok", user.readAnswer().text());
    }

    @Test
    void aUserMaySpeakHttp2OverTls() throws Exception {
        try (Rig tls = Rig.warm("IncomingRequestHTTPSPort", "0")) {
            H2Stream stream = tls.keep(H2User.tls(tlsPort(tls))).get("/tls");
            ScriptedChannel channel = tls.instance().open();
            EmbeddedRequest request = channel.awaitRequest();
            assertEquals("GET /tls HTTP/1.1", request.requestLine());
            assertEquals(List.of("https"), request.values("X-Forwarded-Proto"));
            channel.ok("tls h2");
            assertEquals("tls h2", stream.readText());
        }
    }

    @Test
    void aUserMaySpeakHttp11OverTls() throws Exception {
        try (Rig tls = Rig.warm("IncomingRequestHTTPSPort", "0")) {
            RawUser user = tls.keep(RawUser.connectTls(tlsPort(tls))).get("/tls");
            ScriptedChannel channel = tls.instance().open();
            assertEquals(List.of("https"), channel.awaitRequest().values("X-Forwarded-Proto"));
            channel.ok("tls h1");
            assertEquals("tls h1", user.readAnswer().text());
        }
    }

    @Test
    void aUserMayUpgradeFromHttp11ToHttp2() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        URI uri = URI.create("http://127.0.0.1:" + rig.usersPort() + "/upgrade");
        for (int i = 0; i < 2; i++) {
            var response = client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            ScriptedChannel channel = rig.instance().open();
            EmbeddedRequest request = channel.awaitRequest();
            assertEquals("GET /upgrade HTTP/1.1", request.requestLine());
            assertEquals(List.of(), request.values("Upgrade"));
            assertEquals(List.of(), request.values("HTTP2-Settings"));
            channel.ok("upgraded");
            assertEquals("upgraded", Await.value(response).body());
            assertEquals(HttpClient.Version.HTTP_2, Await.value(response).version());
        }
        var response = client.sendAsync(
                HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.ofString("body"))
                        .build(),
                BodyHandlers.ofString());
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        assertEquals("body", channel.readText(4));
        channel.ok("ok");
        assertEquals("ok", Await.value(response).body());
    }

    @Test
    void aConnectionIsUsedAgainAlsoWhenRequestsArePipelined() throws Exception {
        RawUser user = rig.user().get("/1").get("/2").get("/3");
        for (int i = 1; i <= 3; i++) {
            ScriptedChannel channel = rig.instance().open();
            assertEquals("/" + i, channel.awaitRequest().target());
            channel.answer("HTTP/1.1 200 OK\r\n\r\nanswer " + i);
            assertEquals("answer " + i, user.readAnswer().text());
        }
        rig.awaitQuiet();
    }

    @ParameterizedTest
    @CsvSource({
        "200,OK",
        "201,Created",
        "302,Found",
        "404,Not Found",
        "418,Teapot",
        "500,Oops",
        "503,Busy",
        "519,Odd",
        "599,X"
    })
    void anyStatusIsPassedOnWithItsBody(int status, String reason) throws Exception {
        RawUser user = rig.user().get("/");
        H2Stream stream = rig.h2User().get("/");
        for (int i = 0; i < 2; i++) {
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.answer("HTTP/1.1 " + status + ' ' + reason + "\r\nContent-Length: 4\r\n\r\nbody");
        }
        assertEquals(status, user.readAnswer().status());
        assertEquals(status, stream.status());
        assertEquals("body", stream.readText());
    }

    @Test
    void anAnswerMayLackAReasonPhrase() throws Exception {
        RawUser user = rig.user().get("/");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.answer("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok");
        assertEquals("ok", user.readAnswer().text());
    }

    @Test
    void aUserWhoAsksToCloseIsClosed() throws Exception {
        RawUser user = rig.user().send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.ok("ok");
        Answer answer = user.readAnswer();
        assertEquals(List.of("close"), answer.head().values("Connection"));
        assertTrue(user.awaitEnd());
    }

    @Test
    void theRouterAddsNothingOfItsOwnToAnAnswer() throws Exception {
        RawUser user = rig.user().get("/");
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Answer answer = user.readAnswer();
        List<Field> added = answer.head().fields().stream()
                .filter(field ->
                        !field.name().equals("Content-Length") && !field.name().equals("Date"))
                .toList();
        assertEquals(List.of(), added);
        assertFalse(user.hasBytes());
    }
}
