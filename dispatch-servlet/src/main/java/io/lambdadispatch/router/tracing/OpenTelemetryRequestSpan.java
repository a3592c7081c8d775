package io.lambdadispatch.router.tracing;

import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import io.lambdadispatch.router.relay.RequestOutcome;
import io.lambdadispatch.router.relay.RequestRecord;
import io.lambdadispatch.router.relay.RequestSpan;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A user's request as a span, and below it one of kind {@code CLIENT} for each instance that has it, which is the parent of what
 * the app records. The time before the first of these is the wait in the queue.
 */
final class OpenTelemetryRequestSpan implements RequestSpan {
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private final OpenTelemetrySpans spans;
    private final Context context;
    private final Span span;
    /** The attempt under way, or {@code null}. */
    private Span dispatch;

    OpenTelemetryRequestSpan(OpenTelemetrySpans spans, Context context, Span span) {
        this.spans = spans;
        this.context = context;
        this.span = span;
    }

    @Override
    public Set<String> replacedFields() {
        return spans.fields();
    }

    @Override
    public String traceParent() {
        SpanContext own = span.getSpanContext();
        return "00-" + own.getTraceId() + '-' + own.getSpanId() + '-'
                + own.getTraceFlags().asHex();
    }

    @Override
    public void refused(ProtocolException why) {
        fail(span, why.getClass().getName());
        span.end();
    }

    @Override
    public void assigned(RequestRecord request) {
        SpanBuilder next = spans.tracer()
                .spanBuilder(HttpAttributes.name(request.method()))
                .setParent(context)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(HttpAttributes.METHOD, HttpAttributes.method(request.method()))
                .setAttribute(DispatchAttributes.INSTANCE, request.instance())
                .setAttribute(DispatchAttributes.CHANNEL, request.channel());
        if (request.isRetried()) {
            next.setAttribute(HttpAttributes.RESENDS, 1L);
        }
        dispatch = next.startSpan();
    }

    @Override
    public void write(HeadWriter head) throws ProtocolException {
        Map<String, String> fields = new LinkedHashMap<>();
        spans.propagator().inject(context.with(dispatch), fields, Map::put);
        for (Map.Entry<String, String> field : fields.entrySet()) {
            head.field(field.getKey(), field.getValue());
        }
    }

    @Override
    public void retried() {
        fail(dispatch, text(RequestOutcome.INSTANCE_FAILED));
        dispatch.end();
        dispatch = null;
    }

    @Override
    public void ended(RequestRecord request) {
        if (request.wasAssigned()) {
            span.setAttribute(DispatchAttributes.INSTANCE, request.instance());
            span.setAttribute(DispatchAttributes.QUEUE_WAIT, millis(request.queuedNanos()));
        }
        if (dispatch != null) {
            endDispatch(request);
        }
        span.setAttribute(DispatchAttributes.RETRIES, request.isRetried() ? 1L : 0L);
        span.setAttribute(DispatchAttributes.OUTCOME, text(request.outcome()));
        if (request.status() > 0) {
            span.setAttribute(HttpAttributes.STATUS, (long) request.status());
        }
        failFrom(SERVER_ERROR, span, request);
        span.end();
    }

    /** A status that is not an instance's own answer says nothing of it. */
    private void endDispatch(RequestRecord request) {
        if (request.outcome() == RequestOutcome.COMPLETED) {
            dispatch.setAttribute(HttpAttributes.STATUS, (long) request.status());
        }
        failFrom(CLIENT_ERROR, dispatch, request);
        dispatch.end();
    }

    /** Of an answer it is its receiver who judges: a server has not failed when its client asks for what does not exist. */
    private static void failFrom(int worstStatus, Span span, RequestRecord request) {
        if (request.outcome() != RequestOutcome.COMPLETED) {
            fail(span, text(request.outcome()));
        } else if (request.status() >= worstStatus) {
            fail(span, Integer.toString(request.status()));
        }
    }

    private static void fail(Span span, String type) {
        span.setAttribute(HttpAttributes.ERROR, type);
        span.setStatus(StatusCode.ERROR);
    }

    private static String text(RequestOutcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static double millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos) / 1_000.0;
    }
}
