package io.lambdadispatch.router.tracing;

import io.lambdadispatch.router.relay.RequestHead;
import io.lambdadispatch.router.relay.RequestSpan;
import io.lambdadispatch.router.relay.Spans;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records requests with OpenTelemetry, whose contexts it reads and writes as the process's propagators are set. */
final class OpenTelemetrySpans implements Spans {
    private static final Logger LOG = LoggerFactory.getLogger(OpenTelemetrySpans.class);
    private static final String SCOPE = "io.lambdadispatch.router";
    private static final TextMapGetter<RequestHead> USER_FIELDS = new UserFields();

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final Set<String> fields;

    OpenTelemetrySpans(OpenTelemetry telemetry) {
        tracer = telemetry.getTracer(SCOPE);
        propagator = telemetry.getPropagators().getTextMapPropagator();
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(propagator.fields());
        fields = Collections.unmodifiableSet(names);
    }

    static Spans ofThisProcess() {
        // Not getOrNoop(), which is younger than many a jar and agent.
        OpenTelemetrySpans spans = new OpenTelemetrySpans(GlobalOpenTelemetry.get());
        if (spans.tracer == OpenTelemetry.noop().getTracer(SCOPE)) {
            LOG.info("OpenTelemetry's API is there, but neither agent nor SDK: no spans are recorded");
            return Spans.NONE;
        }
        LOG.info("each request is recorded as a span of OpenTelemetry");
        return spans;
    }

    /**
     * Where an agent has made a span of the container's own request, this one is a step within it: the request has come from
     * its user once, and has one span that says so.
     */
    @Override
    public RequestSpan begin(RequestHead request, String pool) {
        boolean isWithin = Span.current().getSpanContext().isValid();
        Context parent = isWithin ? Context.current() : propagator.extract(Context.current(), request, USER_FIELDS);
        Span span = HttpAttributes.of(request, tracer.spanBuilder(HttpAttributes.name(request.method())))
                .setAttribute(DispatchAttributes.POOL, pool)
                .setSpanKind(isWithin ? SpanKind.INTERNAL : SpanKind.SERVER)
                .setParent(parent)
                .startSpan();
        return span.getSpanContext().isValid()
                ? new OpenTelemetryRequestSpan(this, parent.with(span), span)
                : RequestSpan.NONE;
    }

    Tracer tracer() {
        return tracer;
    }

    TextMapPropagator propagator() {
        return propagator;
    }

    /** Names of the fields in which contexts travel. */
    Set<String> fields() {
        return fields;
    }

    private static final class UserFields implements TextMapGetter<RequestHead> {
        @Override
        public Iterable<String> keys(RequestHead request) {
            List<String> names = new ArrayList<>(request.fieldCount());
            for (int i = 0; i < request.fieldCount(); i++) {
                names.add(request.fieldName(i));
            }
            return names;
        }

        @Override
        public String get(RequestHead request, String name) {
            return request == null ? null : request.field(name);
        }
    }
}
