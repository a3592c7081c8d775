package io.lambdadispatch.router.tracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lambdadispatch.protocol.ProtocolException;
import io.lambdadispatch.protocol.TraceField;
import io.lambdadispatch.router.relay.MemoryEnd;
import io.lambdadispatch.router.relay.RequestSpan;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose child a request's span is. */
class OpenTelemetrySpansTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String USERS_SPAN = "00f067aa0ba902b7";
    private static final Map<String, String> USERS_FIELDS =
            Map.of("traceparent", "00-" + TRACE + '-' + USERS_SPAN + "-01");

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private OpenTelemetrySdk sdk = sdk(Sampler.alwaysOn());

    @AfterEach
    void close() {
        sdk.close();
    }

    private OpenTelemetrySdk sdk(Sampler sampler) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
    }

    private static RequestSpan begin(OpenTelemetry telemetry, Map<String, String> fields) {
        return new OpenTelemetrySpans(telemetry).begin(request(fields), "default");
    }

    private static MemoryEnd request(Map<String, String> fields) {
        MemoryEnd request = MemoryEnd.of("GET", "/page").over("HTTP/2.0").at("shop.example", "192.0.2.7", "192.0.2.1");
        fields.forEach(request::with);
        return request;
    }

    private SpanData ended(RequestSpan span) {
        span.refused(new ProtocolException("no head"));
        return exporter.getFinishedSpanItems().get(0);
    }

    @Test
    void itIsTheChildOfWhatItsUserSays() {
        SpanData span = ended(begin(sdk, USERS_FIELDS));
        assertEquals(TRACE, span.getTraceId());
        assertEquals(USERS_SPAN, span.getParentSpanId());
        assertEquals(SpanKind.SERVER, span.getKind());
    }

    @Test
    void whereAnAgentHasRecordedTheRequestItIsAStepOfThat() {
        Span agents = sdk.getTracer("agent").spanBuilder("GET /*").startSpan();
        SpanData span;
        try (Scope unused = agents.makeCurrent()) {
            span = ended(begin(sdk, USERS_FIELDS));
        }
        assertEquals(agents.getSpanContext().getSpanId(), span.getParentSpanId());
        assertEquals(SpanKind.INTERNAL, span.getKind());
    }

    /** An unsampled request is not recorded, but apps are told that it is not. */
    @Test
    void whoDoesNotSampleTellsTheApp() {
        sdk.close();
        sdk = sdk(Sampler.alwaysOff());
        String parent = begin(sdk, USERS_FIELDS).traceParent();
        assertEquals(TRACE, TraceField.id(parent));
        assertEquals("00", parent.substring(parent.length() - 2));
    }

    @Test
    void whereNothingIsRecordedTheUsersFieldsPass() {
        assertSame(RequestSpan.NONE, begin(OpenTelemetry.noop(), USERS_FIELDS));
    }
}
