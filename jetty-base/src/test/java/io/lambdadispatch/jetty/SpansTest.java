package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.EmbeddedRequest;
import io.lambdadispatch.jetty.kit.Fault.What;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.protocol.TraceField;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.LogLines;
import io.lambdadispatch.testkit.RawUser;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a tracing system learns of requests, when there is one in the router's process; and what apps learn of it. */
@Tag(RouterHost.ANY)
class SpansTest {
    @RegisterExtension
    static final OpenTelemetryExtension TELEMETRY = OpenTelemetryExtension.create();

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String USERS_SPAN = "00f067aa0ba902b7";
    private static final String PARENT = "traceparent: 00-" + TRACE + '-' + USERS_SPAN + "-01";

    /** In bytes; as large as a container lets through here, but then the router adds to it. */
    private static final int LONGEST_HEAD = 32 * 1024;

    private static final String FORWARDED =
            "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: h\r\n";

    /** Those of one trace that have ended, the first to begin first. */
    private static List<SpanData> spans(String trace, int count) {
        Await.until(
                () -> count + " spans; there are " + ended(trace),
                () -> ended(trace).size() == count);
        return ended(trace);
    }

    private static List<SpanData> ended(String trace) {
        return TELEMETRY.getSpans().stream()
                .filter(span -> span.getTraceId().equals(trace))
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .toList();
    }

    private static String parentOf(EmbeddedRequest request) {
        List<String> values = request.values("traceparent");
        assertEquals(1, values.size(), values.toString());
        return values.get(0);
    }

    private static String traceParent(SpanData span) {
        String flags = span.getSpanContext().getTraceFlags().asHex();
        return "00-" + span.getTraceId() + '-' + span.getSpanId() + '-' + flags;
    }

    private static String text(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringKey(name));
    }

    private static Long number(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.longKey(name));
    }

    @Test
    void aRequestStandsBetweenItsUsersSpanAndItsApps() throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user()
                    .send(head("GET /page?secret=1 HTTP/1.1", "Host: shop.example", PARENT, "tracestate: a=b"));
            EmbeddedRequest request = channel.awaitRequest();
            channel.ok("served");
            assertEquals("served", user.readAnswer().text());

            List<SpanData> spans = spans(TRACE, 2);
            SpanData whole = spans.get(0);
            assertEquals(SpanKind.SERVER, whole.getKind());
            assertEquals("GET", whole.getName());
            assertEquals(USERS_SPAN, whole.getParentSpanId());
            assertEquals("GET", text(whole, "http.request.method"));
            assertEquals("/page", text(whole, "url.path"));
            assertEquals("http", text(whole, "url.scheme"));
            assertEquals("shop.example", text(whole, "server.address"));
            assertEquals("1.1", text(whole, "network.protocol.version"));
            assertEquals(200, number(whole, "http.response.status_code"));
            assertEquals("default", text(whole, "lambda_dispatch.pool"));
            assertEquals(rig.instance().id(), text(whole, "lambda_dispatch.instance"));
            assertEquals("completed", text(whole, "lambda_dispatch.outcome"));
            assertEquals(0, number(whole, "lambda_dispatch.retries"));
            assertTrue(whole.getAttributes().get(AttributeKey.doubleKey("lambda_dispatch.queue_wait_ms")) >= 0);
            assertEquals(StatusCode.UNSET, whole.getStatus().getStatusCode());

            SpanData dispatch = spans.get(1);
            assertEquals(SpanKind.CLIENT, dispatch.getKind());
            assertEquals(whole.getSpanId(), dispatch.getParentSpanId());
            assertEquals(rig.instance().id(), text(dispatch, "lambda_dispatch.instance"));
            assertEquals(200, number(dispatch, "http.response.status_code"));
            assertEquals(StatusCode.UNSET, dispatch.getStatus().getStatusCode());

            assertEquals(traceParent(dispatch), parentOf(request));
            assertEquals(List.of("a=b"), request.values("tracestate"));
        }
    }

    @Test
    void aRequestWithoutAnIdBeginsATrace() throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user().get("/");
            EmbeddedRequest request = channel.awaitRequest();
            channel.ok("served");
            user.readAnswer();
            List<SpanData> spans = spans(TraceField.id(parentOf(request)), 2);
            assertEquals(SpanId.getInvalid(), spans.get(0).getParentSpanId());
            assertEquals(traceParent(spans.get(1)), parentOf(request));
            assertEquals(List.of(), request.values("X-Amzn-Trace-Id"), "one id is enough");
        }
    }

    @Test
    void theLogKnowsARequestByItsTrace() throws Exception {
        try (LogLines log = LogLines.listen();
                Rig rig = Rig.warm("AllowDebugHeader", "true")) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user().send(head("GET / HTTP/1.1", "Host: h", "X-Lambda-Dispatch-Debug: true"));
            String trace = TraceField.id(parentOf(channel.awaitRequest()));
            channel.ok("served");
            user.readAnswer();
            Await.until(
                    () -> "its four steps are told; " + log.about(trace),
                    () -> log.about(trace).size() == 4);
        }
    }

    @Test
    void eachInstanceThatHasItHasASpan() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().send(head("GET /again HTTP/1.1", "Host: h", PARENT));
            rig.awaitPending(1);
            ScriptedChannel first = rig.instance().open();
            String toFirst = parentOf(first.awaitRequest());
            first.strike(What.RESETS_WITH_CANCEL);
            ScriptedChannel second = rig.instance().open();
            String toSecond = parentOf(second.awaitRequest());
            second.ok("second");
            assertEquals("second", user.readAnswer().text());

            List<SpanData> spans = spans(TRACE, 3);
            SpanData whole = spans.get(0);
            assertEquals(1, number(whole, "lambda_dispatch.retries"));
            assertEquals(StatusCode.UNSET, whole.getStatus().getStatusCode());
            assertEquals(toFirst, traceParent(spans.get(1)));
            assertEquals(StatusCode.ERROR, spans.get(1).getStatus().getStatusCode());
            assertEquals("instance_failed", text(spans.get(1), "error.type"));
            assertNull(number(spans.get(1), "http.request.resend_count"));
            assertEquals(toSecond, traceParent(spans.get(2)));
            assertEquals(StatusCode.UNSET, spans.get(2).getStatus().getStatusCode());
            assertEquals(1, number(spans.get(2), "http.request.resend_count"));
            assertTrue(
                    spans.stream().skip(1).allMatch(it -> it.getParentSpanId().equals(whole.getSpanId())));
        }
    }

    @Test
    void anInstanceThatFailsIsAnErrorOfBoth() throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user().send(head("POST / HTTP/1.1", "Host: h", "Content-Length: 0", PARENT));
            channel.awaitRequest();
            channel.strike(What.RESETS_WITH_CANCEL);
            assertEquals(502, user.readAnswer().status());
            List<SpanData> spans = spans(TRACE, 2);
            assertEquals(502, number(spans.get(0), "http.response.status_code"));
            assertNull(number(spans.get(1), "http.response.status_code"), "the instance has given none");
            for (SpanData span : spans) {
                assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
                assertEquals("instance_failed", text(span, "error.type"));
            }
        }
    }

    @Test
    void anAppsErrorIsOneToo() throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user().send(head("GET / HTTP/1.1", "Host: h", PARENT));
            channel.awaitRequest();
            channel.answer("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
            assertEquals(500, user.readAnswer().status());
            for (SpanData span : spans(TRACE, 2)) {
                assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
                assertEquals("500", text(span, "error.type"));
            }
        }
    }

    /** As the semantic conventions have it: who asks for what does not exist is wrong, who says so is not. */
    @Test
    void whatIsNotThereIsNoErrorOfTheServers() throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user().send(head("GET / HTTP/1.1", "Host: h", PARENT));
            channel.awaitRequest();
            channel.answer("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
            assertEquals(404, user.readAnswer().status());
            List<SpanData> spans = spans(TRACE, 2);
            assertEquals(StatusCode.UNSET, spans.get(0).getStatus().getStatusCode());
            assertEquals(StatusCode.ERROR, spans.get(1).getStatus().getStatusCode());
            assertEquals("404", text(spans.get(1), "error.type"));
        }
    }

    @Test
    void aRequestThatNoInstanceHadHasOneSpan() throws Exception {
        try (Rig rig = Rig.cold("IncomingRequestTimeout", "200ms")) {
            RawUser user = rig.user().send(head("MAKE-UP / HTTP/1.1", "Host: h", PARENT));
            assertEquals(504, user.readAnswer().status());
            SpanData only = spans(TRACE, 1).get(0);
            assertEquals("HTTP", only.getName(), "users cannot name spans");
            assertEquals("_OTHER", text(only, "http.request.method"));
            assertEquals(504, number(only, "http.response.status_code"));
            assertEquals("timed_out", text(only, "error.type"));
            assertNull(text(only, "lambda_dispatch.instance"));
        }
    }

    @Test
    void aRequestWhoseHeadIsRefusedHasOneToo() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = rig.user().send(headOf(LONGEST_HEAD, PARENT));
            assertEquals(431, user.readAnswer().status());
            SpanData only = spans(TRACE, 1).get(0);
            assertEquals("io.lambdadispatch.protocol.HeadTooLargeException", text(only, "error.type"));
        }
    }

    /** A head of that many bytes. */
    private static String headOf(int size, String field) {
        int others = head("GET / HTTP/1.1", "Host: h", field, "X: ").length();
        return head("GET / HTTP/1.1", "Host: h", field, "X: " + "x".repeat(size - others));
    }

    @Test
    void aRequestDoesNotFailBecauseItsSpansIdDoesNotFit() throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user = rig.user().send(headOf(LONGEST_HEAD - FORWARDED.length() - 1, "Accept: *"));
            EmbeddedRequest request = channel.awaitRequest();
            assertEquals(List.of(), request.values("traceparent"));
            assertEquals(List.of("h"), request.values("X-Forwarded-Host"));
            channel.ok("served");
            assertEquals("served", user.readAnswer().text());
        }
    }

    /** The contexts of a user who sends no sound one do not reach the app beside the router's own. */
    @Test
    void anUnsoundIdIsReplaced() throws Exception {
        try (Rig rig = Rig.warm()) {
            ScriptedChannel channel = rig.instance().open();
            RawUser user =
                    rig.user().send(head("GET / HTTP/1.1", "Host: h", "TraceParent: 00-zz-zz-01", "TraceState: a=b"));
            EmbeddedRequest request = channel.awaitRequest();
            channel.ok("served");
            user.readAnswer();
            List<SpanData> spans = spans(TraceField.id(parentOf(request)), 2);
            assertEquals(SpanId.getInvalid(), spans.get(0).getParentSpanId());
            assertEquals(List.of(), request.values("tracestate"));
        }
    }
}
