package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.HeadTooLargeException;
import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The id by which a request is known on its whole way: that of W3C Trace Context, or AWS X-Ray's. What came with the request is
 * passed on as it is; this class only makes one where there is none.
 */
final class TraceId {
    private static final HexFormat HEX = HexFormat.of();

    private TraceId() {}

    /**
     * The value of the field that holds the request's id; a field with a new one is appended to the head if there is none.
     *
     * @return {@code null} when there is none and none is to be made
     */
    static String of(HttpServletRequest request, NewTrace ifNone, HeadWriter head) throws ProtocolException {
        String parent = request.getHeader(FieldNames.TRACEPARENT);
        if (parent != null) {
            return parent;
        }
        String amazon = request.getHeader(FieldNames.AMZN_TRACE_ID);
        return amazon != null ? amazon : begin(ifNone, head);
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
