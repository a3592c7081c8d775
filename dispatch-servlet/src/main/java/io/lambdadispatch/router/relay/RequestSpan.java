package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import java.util.Set;

/**
 * One user's request, as a tracing system records it. It goes from thread to thread with the request, and is ended by either
 * {@link #ended} or {@link #refused}.
 */
public interface RequestSpan {
    /** It is not recorded. */
    RequestSpan NONE = new RequestSpan() {};

    /** Names of fields that {@link #write} writes in the place of the user's, compared without regard to case. */
    default Set<String> replacedFields() {
        return Set.of();
    }

    /** The span's own {@code traceparent} (W3C Trace Context); {@code null} when nothing is recorded. */
    default String traceParent() {
        return null;
    }

    /** Its head cannot be sent into a channel. */
    default void refused(ProtocolException why) {}

    /** An instance has it, the one in the record. */
    default void assigned(RequestRecord request) {}

    /** Writes the fields that tell that instance's app which span it serves. */
    default void write(HeadWriter head) throws ProtocolException {}

    /** That instance died; the request goes to another one. */
    default void retried() {}

    /** It is over, and its record complete. */
    default void ended(RequestRecord request) {}
}
