package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.ProtocolException;

/**
 * Gives the head of an instance's response to the user's. Hop-by-hop fields stay behind; {@code Transfer-Encoding} is for whoever sends
 * the response to choose.
 */
final class ResponseHead {
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private ResponseHead() {}

    /** Whether it is an interim response, which is not passed on. */
    static boolean isSkipped(int status) {
        return status < FIRST_FINAL && status != SWITCHING_PROTOCOLS;
    }

    /** RFC 9110 §6.4.1: a response that ends with its head, whatever its fields say. */
    static boolean hasNoBody(int status, String requestMethod) {
        return status == NO_CONTENT || status == NOT_MODIFIED || "HEAD".equals(requestMethod);
    }

    /** Throws when it is no final response to a request. */
    static void check(int status) throws ProtocolException {
        if (status < FIRST_FINAL) {
            throw new ProtocolException("status " + status + " is no final one");
        }
    }

    /** Sets status and fields. */
    static void apply(int status, Head head, HttpEnd user) throws ProtocolException {
        long length = head.contentLength();
        user.status(status);
        String connection = head.connection();
        for (int i = 0; i < head.fieldCount(); i++) {
            String name = head.name(i);
            if (FieldNames.crosses(name, connection) && !name.equalsIgnoreCase(FieldNames.CONTENT_LENGTH)) {
                user.field(name, head.value(i));
            }
        }
        // RFC 9110 §8.6: a 204 has none.
        if (length >= 0 && status != NO_CONTENT) {
            user.contentLength(length);
        }
    }
}
