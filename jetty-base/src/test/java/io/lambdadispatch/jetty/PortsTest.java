package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which port serves what. */
class PortsTest {
    private static final String[] ALL_TLS = {
        "AllowInsecureControlChannel", "false",
        "PreferredControlChannelScheme", "https",
        "IncomingRequestHTTPSPort", "0",
        "ControlChannelHTTP2Port", "0"
    };

    @Test
    void healthIsTheRoutersOwn() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().get("/health");
            Answer answer = user.readAnswer();
            assertEquals(200, answer.status());
            assertEquals("OK", answer.text().strip());
            assertEquals(200, rig.h2User().get("/health").status());
            assertEquals(0, rig.pending());
        }
    }

    @Test
    void moreUsersThanMayBeWaitOutsideAndInstancesDoNot() throws Exception {
        // One of them is the rig's own.
        try (Rig rig = Rig.warm("MaxUserConnections", "3", "MaxConcurrentCount", "1")) {
            RawUser first = rig.user().get("/1");
            rig.awaitPending(1);
            RawUser second = rig.user().get("/2");
            rig.awaitPending(2);
            RawUser third = rig.user().get("/3");
            ScriptedInstance instance = rig.nextInstance();
            instance.open().serve("1");
            instance.open().serve("2");
            assertEquals(200, first.readAnswer().status());
            assertEquals(200, second.readAnswer().status());
            assertEquals(0, rig.pending());
            assertFalse(third.hasBytes());
            first.close();
            instance.open().serve("3");
            assertEquals("3", third.readAnswer().text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/chunked/request/x/y", "/api/chunked/ping/x", "/api/chunked/close/x", "/api/chunked"})
    void controlPathsOnUsersPortsAreTheApps(String path) throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().get(path);
            ScriptedChannel channel = rig.instance().open();
            assertEquals(path, channel.awaitRequest().target());
            channel.ok("the app's");
            assertEquals("the app's", user.readAnswer().text());
            // Not even with the instance's own fields.
            H2Stream stream = rig.h2User().request("POST", path, rig.instance().fields(), true);
            ScriptedChannel second = rig.instance().open();
            second.awaitRequest();
            second.ok("the app's");
            assertEquals("the app's", stream.readText());
            assertEquals(200, rig.instance().ping());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /_lambda_dispatch/goaway",
                "POST /_lambda_dispatch/goaway",
                "HEAD /_lambda_dispatch/goaway",
                "GET /_lambda_dispatch/goaway?x=y",
                "GET /_lambda_dispatch/goaway?",
                "GET /_lambda_dispatch/goaway;x=y",
                "GET http://h/_lambda_dispatch/goaway",
                "GET /_lambda_dispatch/abort",
                "GET /_lambda_dispatch/",
            })
    void noUserCanTellAnInstanceToGoAway(String request) throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user()
                    .send(head(
                            request + " HTTP/1.1",
                            "Host: h",
                            "X-Lambda-Id: " + rig.instance().id(),
                            "X-Pool-Id: default"));
            assertEquals(
                    404,
                    user.readAnswer(request.substring(0, request.indexOf(" "))).status());
            rig.awaitIdleChannels(1);
            assertFalse(channel.hasRequest());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%5Flambda_dispatch/goaway",
                "/_lambda_dispatch/%67oaway",
                "//_lambda_dispatch/goaway",
                "/./_lambda_dispatch/goaway",
                "/x/../_lambda_dispatch/goaway",
                "/_lambda_dispatch%2Fgoaway",
                "/_LAMBDA_DISPATCH/goaway",
                "/_lambda_dispatch\\goaway"
            })
    void whatOnlyLooksLikeGoawayReachesTheAppUnchangedOrIs404(String target) throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user().get(target);
            rig.awaitServedOrRefused(user);
            if (rig.running() == 1) {
                assertEquals(
                        "GET " + target + " HTTP/1.1", channel.awaitRequest().requestLine());
                channel.ok("app");
                assertEquals("app", user.readAnswer().text());
            } else {
                assertEquals(404, user.readAnswer().status());
            }
        }
    }

    /** Or a balancer would send another user's request into it. */
    @ParameterizedTest
    @ValueSource(strings = {"GET /${long} HTTP/1.1", "GET  HTTP/1.1", "GET / HTTP/9.9"})
    void whatIsNoRequestIsToldThatItsConnectionEnds(String line) throws Exception {
        try (Rig rig = Rig.cold("MaxHeadBytes", "1024")) {
            RawUser user = rig.user().send(line.replace("${long}", "x".repeat(1024)) + "\r\nHost: h\r\n\r\n");
            Answer answer = user.readAnswer();
            assertTrue(answer.status() >= 400, answer.toString());
            assertEquals(List.of("close"), answer.head().values("Connection"));
        }
    }

    @Test
    void aHeadThatIsTooLargeIs431() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().send(head("GET / HTTP/1.1", "Host: h", "X: " + "x".repeat(33 * 1024)));
            assertEquals(431, user.readAnswer().status());
            // Small enough for the container, but not with what the router adds.
            String fits = "x"
                    .repeat(32 * 1024 - head("GET / HTTP/1.1", "Host: h", "X: ").length());
            assertEquals(
                    431,
                    rig.user()
                            .send(head("GET / HTTP/1.1", "Host: h", "X: " + fits))
                            .readAnswer()
                            .status());
            assertEquals(0, rig.pending());
            RawUser large = rig.user().send(head("GET / HTTP/1.1", "Host: h", "X: " + fits.substring(1024)));
            ScriptedChannel channel = rig.instance().open();
            assertEquals(List.of(fits.substring(1024)), channel.awaitRequest().values("X"));
            channel.ok("ok");
            assertEquals(200, large.readAnswer().status());
        }
    }

    @Test
    void anHttp2HeadOfNearly32KilobytesReachesTheApp() throws Exception {
        try (Rig rig = Rig.warm()) {
            HttpFields fields = HttpFields.build().put("x", "x".repeat(32_400));
            H2Stream stream = rig.h2User().request("GET", "/", fields, true);
            ScriptedChannel channel = rig.instance().open();
            assertEquals(List.of(fields.get("x")), channel.awaitRequest().values("x"));
            channel.ok("ok");
            assertEquals("ok", stream.readText());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET relative HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET /\u00e4 HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET /?\u00e4 HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\nX: a\u0000b\r\n\r\n",
            })
    void aBadRequestIs400AndNeverReachesAChannel(String request) throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            assertEquals(400, rig.user().send(request).readAnswer().status());
            rig.awaitIdleChannels(1);
            assertFalse(channel.hasRequest());
        }
    }

    @Test
    void channelsAreServedOverTlsWithTheCertificateThatTheInvokePins() throws Exception {
        try (Rig rig = Rig.cold(ALL_TLS)) {
            RawUser user = rig.user().get("/secure");
            ScriptedInstance instance = rig.nextInstance();
            InvokeRequest invoke = instance.invoke().request();
            assertTrue(invoke.dispatcherUrl().startsWith("https://127.0.0.1:"));
            int port = rig.router().ports().controlHttps().orElseThrow();
            RawUser tls = rig.keep(RawUser.connectTls(port));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(tls.peerCertificate());
            assertEquals(HexFormat.of().formatHex(digest), invoke.routerCertificateSha256());
            ScriptedChannel channel = instance.open();
            assertEquals("/secure", channel.awaitRequest().target());
            channel.ok("secure");
            assertEquals("secure", user.readAnswer().text());
            assertEquals(200, instance.ping());
        }
    }

    @Test
    void anInstanceThatIsKilledBehindTlsCostsOnlyWhatItRan() throws Exception {
        try (Rig rig = Rig.cold(ALL_TLS)) {
            RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 0"));
            ScriptedInstance instance = rig.nextInstance();
            List<ScriptedChannel> channels = instance.open(5);
            ScriptedChannel.firstUsed(channels);
            instance.die();
            assertEquals(502, user.readAnswer().status());
            rig.awaitIdleChannels(0);
            rig.awaitOpenInstances(0);
        }
    }

    @Test
    void thereIsNoControlPortWithoutTlsUnlessItIsAllowed() throws Exception {
        try (Rig rig = Rig.cold(ALL_TLS)) {
            assertTrue(rig.router().ports().controlHttp().isEmpty());
            assertTrue(rig.router().ports().controlHttps().isPresent());
        }
    }
}
