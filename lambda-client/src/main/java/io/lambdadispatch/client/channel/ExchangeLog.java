package io.lambdadispatch.client.channel;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.TraceField;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of the steps of one request, under its trace id: at INFO where its user has asked for it and the router has allowed it, else at
 * DEBUG. Confined to the reactor thread.
 */
final class ExchangeLog {
    private static final Logger LOG = LoggerFactory.getLogger(ExchangeLog.class);

    private final boolean isAskedFor;
    private final String traceId;
    private final String channelId;
    private final long beganAt = System.nanoTime();

    private ExchangeLog(boolean isAskedFor, String traceId, String channelId) {
        this.isAskedFor = isAskedFor;
        this.traceId = traceId == null ? "without a trace id" : traceId;
        this.channelId = channelId;
    }

    /**
     * The log of the request with that head, or {@code null} when nobody would read it.
     *
     * @param routerDecides whether the router takes the field away where it does not allow it; the reference's does not
     */
    static ExchangeLog of(Head head, boolean routerDecides, String channelId) {
        boolean isAskedFor = routerDecides && "true".equals(head.first(FieldNames.DEBUG));
        if (!isAskedFor && !LOG.isDebugEnabled()) {
            return null;
        }
        String field = TraceField.either(head.first(FieldNames.TRACEPARENT), head.first(FieldNames.AMZN_TRACE_ID));
        return new ExchangeLog(isAskedFor, TraceField.id(field), channelId);
    }

    void tell(String step) {
        double millis = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - beganAt) / 1_000.0;
        if (isAskedFor) {
            LOG.info("request {}: {} in channel {} after {} ms", traceId, step, channelId, millis);
        } else {
            LOG.debug("request {}: {} in channel {} after {} ms", traceId, step, channelId, millis);
        }
    }
}
