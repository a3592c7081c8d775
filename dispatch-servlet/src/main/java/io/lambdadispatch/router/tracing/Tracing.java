package io.lambdadispatch.router.tracing;

import io.lambdadispatch.router.relay.Spans;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether anybody records spans. OpenTelemetry's API does not come with the router: it is on the class path only where
 * an operator has put it there, and nothing that needs it may be loaded before this class has looked.
 */
public final class Tracing {
    private static final Logger LOG = LoggerFactory.getLogger(Tracing.class);
    private static final String API = "io.opentelemetry.api.GlobalOpenTelemetry";

    private Tracing() {}

    /** Spans of the process's OpenTelemetry, that of an agent for instance; {@link Spans#NONE} where there is none. */
    public static Spans spans() {
        try {
            Class.forName(API, false, Tracing.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            LOG.debug("no OpenTelemetry on the class path");
            return Spans.NONE;
        }
        try {
            return OpenTelemetrySpans.ofThisProcess();
        } catch (LinkageError e) {
            LOG.warn("OpenTelemetry's API is not whole on the class path: no spans are recorded", e);
            return Spans.NONE;
        }
    }
}
