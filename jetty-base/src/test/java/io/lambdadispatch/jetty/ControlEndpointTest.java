package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.testkit.RawUser;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What instances ask of the control port, and what they are told. */
class ControlEndpointTest {
    private static final String UNKNOWN = "00000000-0000-0000-0000-000000000000";

    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = Rig.warm();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private int status(String method, String path, HttpFields fields) {
        return rig.instance().send(method, path, fields, true).status();
    }

    private String id() {
        return rig.instance().id();
    }

    @Test
    void theInvokeTellsWhereToCallBackAndHowToProveIt() {
        InvokeRequest invoke = rig.instance().invoke().request();
        assertEquals("default", invoke.poolIdOrDefault());
        assertEquals(
                "http://127.0.0.1:" + rig.router().ports().controlHttp().orElseThrow() + "/api/chunked",
                invoke.dispatcherUrl());
        assertEquals(12, invoke.numberOfChannels());
        assertEquals(43, invoke.channelToken().length());
        assertNotNull(invoke.sentTime());
        assertEquals(null, invoke.routerCertificateSha256());
    }

    @Test
    void aChannelIsAnsweredAtOnceAndStaysOpen() {
        ScriptedChannel channel = rig.instance().open();
        assertEquals("application/octet-stream", channel.stream().fields().get("Content-Type"));
        rig.awaitIdleChannels(1);
        assertFalse(channel.stream().isBroken());
    }

    @Test
    void theLongFormOfThePathsIsUnderstoodToo() {
        String ids = "/poolId/default/lambdaId/" + id();
        assertEquals(
                200, status("GET", "/api/chunked/ping" + ids, rig.instance().fields()));
        H2Stream channel = rig.instance()
                .send(
                        "POST",
                        "/api/chunked/request" + ids + "/channelId/c",
                        rig.instance().fields(),
                        false);
        assertEquals(200, channel.status());
        rig.awaitIdleChannels(1);
        assertEquals(
                200, status("GET", "/api/chunked/close" + ids, rig.instance().fields()));
    }

    @Test
    void aChannelRequestWithoutItsInstanceIdIs400() {
        assertEquals(
                400,
                rig.instance()
                        .openStream(rig.instance().fields().remove("X-Lambda-Id"))
                        .status());
        assertEquals(
                400,
                rig.instance()
                        .openStream(rig.instance().fields().put("X-Lambda-Id", UNKNOWN))
                        .status());
        rig.awaitIdleChannels(0);
    }

    @ParameterizedTest
    @CsvSource({"request,POST", "ping,GET", "close,GET"})
    void withoutTheRightTokenEverythingIs401(String action, String method) {
        String path = "/api/chunked/" + action + '/' + id() + (action.equals("request") ? "/c" : "");
        HttpFields.Mutable fields = rig.instance().fields();
        String token = fields.get("X-Channel-Token");
        assertEquals(401, status(method, path, fields.remove("X-Channel-Token")));
        for (String wrong :
                List.of("wrong", token + 'x', token.substring(1), token.toLowerCase(java.util.Locale.ROOT))) {
            assertEquals(401, status(method, path, fields.put("X-Channel-Token", wrong)));
        }
        assertEquals(200, rig.instance().ping());
    }

    @Test
    void anUnknownInstanceIs409() {
        HttpFields fields = rig.instance().fields().put("X-Lambda-Id", UNKNOWN);
        assertEquals(409, status("POST", "/api/chunked/request/" + UNKNOWN + "/c", fields));
        assertEquals(409, status("GET", "/api/chunked/ping/" + UNKNOWN, fields));
    }

    @Test
    void anUnknownPoolIs409ForAChannelAnd404ForAPing() {
        HttpFields fields = rig.instance().fields().put("X-Pool-Id", "nobody");
        assertEquals(409, status("POST", "/api/chunked/request/" + id() + "/c", fields));
        assertEquals(404, status("GET", "/api/chunked/ping/" + id(), fields));
    }

    @ParameterizedTest
    @CsvSource({"GET,request", "PUT,request", "POST,ping", "DELETE,ping", "POST,close", "HEAD,close"})
    void aWrongMethodIs405(String method, String action) {
        String path = "/api/chunked/" + action + '/' + id() + (action.equals("request") ? "/c" : "");
        H2Stream answer = rig.instance().send(method, path, rig.instance().fields(), true);
        assertEquals(405, answer.status());
        assertEquals(action.equals("request") ? "POST" : "GET", answer.fields().get("Allow"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/health/x",
                "/app",
                "/api",
                "/api/chunked",
                "/api/chunked/",
                "/api/chunked/other/x",
                "/api/chunked/ping",
                "/api/chunked/ping/",
                "/api/chunked/request/onlyOneId",
                "/_lambda_dispatch/goaway",
                "/_lambda_dispatch/abort"
            })
    void usersPathsAreNotServedOnControlPorts(String path) {
        assertEquals(404, status("GET", path, rig.instance().fields()));
        assertEquals(0, rig.pending());
    }

    @Test
    void whoSaysCloseIsToldToGoAwayAndGetsNothingNew() throws Exception {
        List<ScriptedChannel> parked = new ArrayList<>(rig.instance().open(3));
        RawUser running = rig.user().get("/running");
        ScriptedChannel busy = ScriptedChannel.firstUsed(parked);
        busy.awaitRequest();
        parked.remove(busy);
        var answer = rig.instance()
                .send("GET", "/api/chunked/close/" + id(), rig.instance().fields(), true);
        for (ScriptedChannel channel : parked) {
            assertEquals(
                    "GET /_lambda_dispatch/goaway HTTP/1.1",
                    channel.awaitRequest().requestLine());
            assertEquals(0, channel.readBody().length);
            channel.end();
        }
        rig.awaitIdleChannels(0);
        assertEquals(409, rig.instance().ping());
        assertEquals(409, rig.instance().openStream(rig.instance().fields()).status());
        RawUser next = rig.user().get("/next");
        rig.awaitPending(1);
        busy.ok("finished");
        assertEquals("finished", running.readAnswer().text());
        assertEquals(1, rig.pending());
        ScriptedInstance other = rig.nextInstance();
        other.open().serve("by another");
        assertEquals("by another", next.readAnswer().text());
        var again = rig.instance()
                .send("GET", "/api/chunked/close/" + id(), rig.instance().fields(), true);
        assertEquals(200, again.status());
        rig.finishOwnRequest();
        assertEquals(200, answer.status());
        assertEquals(0, answer.readToEnd().length);
        assertEquals(0, again.readToEnd().length);
    }

    @Test
    void closeIsAnsweredAtOnceWhenNothingRuns() {
        rig.finishOwnRequest();
        rig.awaitRunning(0);
        assertEquals(200, rig.instance().sayClose());
        assertTrue(List.of(200, 409).contains(rig.instance().sayClose()));
    }

    @Test
    void anInstanceWhoseInvokeIsOverIsUnknown() {
        rig.instance().invoke().answer(ExitReason.SELF_DEADLINE);
        rig.awaitOpenInstances(0);
        assertEquals(409, rig.instance().ping());
        assertEquals(409, rig.instance().openStream(rig.instance().fields()).status());
    }

    @Test
    void parkedChannelsOfAnInstanceThatIsNotNeededAreToldToGoAway() throws Exception {
        try (Rig scalingDown = Rig.warm("ScaleDownDelay", "300ms")) {
            List<ScriptedChannel> parked = scalingDown.instance().open(2);
            scalingDown.finishOwnRequest();
            for (ScriptedChannel channel : parked) {
                assertEquals("/_lambda_dispatch/goaway", channel.awaitRequest().target());
                channel.end();
            }
            scalingDown.awaitIdleChannels(0);
        }
    }

    @Test
    void theReferencesExtensionIsServedWithoutTokensWhenThatIsAllowed() throws Exception {
        try (Rig lenient = Rig.cold("RequireChannelToken", "false")) {
            RawUser user = lenient.user().get("/");
            ScriptedInstance instance = lenient.nextInstance();
            HttpFields.Mutable fields = instance.fields();
            assertEquals(
                    401,
                    instance.openStream(fields.put("X-Channel-Token", "wrong")).status());
            ScriptedChannel channel = instance.open(fields.remove("X-Channel-Token"));
            channel.awaitRequest();
            channel.ok("served");
            assertEquals("served", user.readAnswer().text());
        }
    }

    @Test
    void aClientThatUnderstandsChunksIsNotSentAnyWhereTheStreamEndsThem() throws Exception {
        ScriptedChannel channel = rig.instance().open(rig.instance().fields().put("X-Channel-Framing", "chunked"));
        assertEquals(null, channel.stream().fields().get("X-Channel-Framing"));
        RawUser user = rig.user()
                .send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        assertEquals(List.of("chunked"), channel.awaitRequest().values("Transfer-Encoding"), "there is a body");
        assertEquals(3, channel.readBody().length, "which comes as it is");
        channel.ok("ok");
        assertEquals("ok", user.readAnswer().text());
    }
}
