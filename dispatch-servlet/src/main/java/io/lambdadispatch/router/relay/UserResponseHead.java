package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.ProtocolException;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Gives an answer's head to the user's response. Hop-by-hop fields stay behind; {@code Transfer-Encoding} is the container's to
 * choose. A field that the container may have set itself is replaced by the app's.
 */
final class UserResponseHead {
    private UserResponseHead() {}

    static boolean isInterim(int status) {
        return status >= 100 && status < 200;
    }

    /** RFC 9110 §6.4.1: an answer that ends with its head, whatever its fields say. */
    static boolean hasNoBody(int status, String requestMethod) {
        return status == HttpServletResponse.SC_NO_CONTENT
                || status == HttpServletResponse.SC_NOT_MODIFIED
                || "HEAD".equals(requestMethod);
    }

    /**
     * Sets status and fields.
     *
     * @return the declared length of the body in bytes, -1 when there is none
     * @throws ProtocolException when the head is no final answer to a request
     */
    static long apply(Head head, HttpServletResponse response) throws ProtocolException {
        int status = head.status();
        if (isInterim(status)) {
            throw new ProtocolException("status " + status + " is no final one");
        }
        long length = head.contentLength();
        response.setStatus(status);
        String connection = connectionOptions(head);
        for (int i = 0; i < head.fieldCount(); i++) {
            String name = head.name(i);
            if (FieldNames.isHopByHop(name) || FieldNames.isNamedBy(connection, name)) {
                continue;
            }
            if (head.nameIs(i, FieldNames.CONTENT_LENGTH)) {
                response.setContentLengthLong(length);
            } else if (isSetByContainers(name)) {
                response.setHeader(name, head.value(i));
            } else {
                response.addHeader(name, head.value(i));
            }
        }
        return length;
    }

    /** All of them as one list, or {@code null}. */
    private static String connectionOptions(Head head) {
        String options = null;
        for (int i = 0; i < head.fieldCount(); i++) {
            if (head.nameIs(i, FieldNames.CONNECTION)) {
                options = options == null ? head.value(i) : options + ',' + head.value(i);
            }
        }
        return options;
    }

    private static boolean isSetByContainers(String name) {
        return name.equalsIgnoreCase("Date") || name.equalsIgnoreCase("Server");
    }
}
