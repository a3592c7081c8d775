package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.HeadTooLargeException;
import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import io.lambdadispatch.protocol.TraceField;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The id by which a request is known on its whole way: that of W3C Trace Context, or AWS X-Ray's. What came with the request is
 * passed on as it is; this class only makes one where there is none.
 *
 * <p>A field that is not well-formed is no id, but it is passed on all the same, and {@code tracestate} with it: the router takes no part in
 * the user's trace. Whoever does, the app or its tracing, is the receiver that W3C Trace Context §3.2 tells to begin a trace of its
 * own then, and not to pass {@code tracestate} on. So a new id is never put beside a field of its own name: two of them would be
 * none to anybody.
 */
final class TraceId {
    private static final HexFormat HEX = HexFormat.of();

    private TraceId() {}

    /**
     * The value of the field that holds the request's id; a field with a new one is appended to the head if there is none.
     *
     * @return {@code null} when there is none and none is to be made
     */
    static String of(RequestHead request, NewTrace ifNone, HeadWriter head) throws ProtocolException {
        String parent = request.field(FieldNames.TRACEPARENT);
        String amazon = request.field(FieldNames.AMZN_TRACE_ID);
        String field = TraceField.either(parent, amazon);
        return field != null ? field : begin(freeOf(ifNone, parent != null, amazon != null), head);
    }

    /** What can be made beside fields that hold no id. Never W3C's in place of AWS's, which decides about sampling. */
    private static NewTrace freeOf(NewTrace wanted, boolean hasParent, boolean hasAmazon) {
        NewTrace free = wanted == NewTrace.W3C && hasParent ? NewTrace.AMZN : wanted;
        return free == NewTrace.AMZN && hasAmazon ? NewTrace.OFF : free;
    }

    private static String begin(NewTrace kind, HeadWriter head) throws ProtocolException {
        if (kind == NewTrace.OFF) {
            return null;
        }
        boolean isW3c = kind == NewTrace.W3C;
        String value = isW3c ? newParent() : newRoot();
        int before = head.length();
        try {
            head.field(isW3c ? FieldNames.TRACEPARENT : FieldNames.AMZN_TRACE_ID, value);
            return value;
        } catch (HeadTooLargeException e) {
            // A request is not refused for what its user has not sent.
            head.truncate(before);
            return null;
        }
    }

    private static String newParent() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        // All zeroes would be no id.
        return "00-" + HEX.toHexDigits(random.nextLong() | 1) + HEX.toHexDigits(random.nextLong()) + '-'
                + HEX.toHexDigits(random.nextLong() | 1) + "-01";
    }

    private static String newRoot() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int seconds = (int) (System.currentTimeMillis() / 1_000);
        return "Root=1-" + HEX.toHexDigits(seconds) + '-' + HEX.toHexDigits(random.nextInt())
                + HEX.toHexDigits(random.nextLong());
    }
}
