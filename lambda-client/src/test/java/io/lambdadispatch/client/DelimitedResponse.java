package io.lambdadispatch.client;

/**
 * A response that says itself where it ends, cut out of what came in a channel.
 *
 * @param head with its blank line
 * @param body without its framing
 * @param end where the next response begins
 */
public record DelimitedResponse(String head, String body, int end) {
    /**
     * The response at {@code from}, or {@code null} when it is not all there.
     *
     * @param toHead whether it has no body whatever it says
     */
    public static DelimitedResponse at(String text, int from, boolean toHead) {
        int blank = text.indexOf("\r\n\r\n", from);
        if (blank < 0) {
            return null;
        }
        int at = blank + 4;
        String head = text.substring(from, at);
        if (!head.startsWith("HTTP/1.1 ")) {
            throw new AssertionError("no response: " + text.substring(from));
        }
        String status = head.substring(9, 12);
        if (toHead || status.equals("204") || status.equals("304")) {
            return new DelimitedResponse(head, "", at);
        }
        if (head.contains("\r\nTransfer-Encoding: chunked\r\n")) {
            return chunked(head, text, at);
        }
        int field = head.indexOf("\r\nContent-Length: ");
        if (field < 0) {
            throw new AssertionError("nothing says where this ends: " + head);
        }
        int end = at + Integer.parseInt(head.substring(field + 18, head.indexOf('\r', field + 2)));
        return end > text.length() ? null : new DelimitedResponse(head, text.substring(at, end), end);
    }

    private static DelimitedResponse chunked(String head, String text, int from) {
        if (head.contains("\r\nContent-Length: ")) {
            throw new AssertionError("chunked, and with a length: " + head);
        }
        StringBuilder body = new StringBuilder();
        int at = from;
        while (true) {
            int line = text.indexOf("\r\n", at);
            if (line < 0) {
                return null;
            }
            int size = Integer.parseInt(text.substring(at, line), 16);
            int end = line + 2 + size + 2;
            if (end > text.length()) {
                return null;
            }
            body.append(text, line + 2, end - 2);
            if (!text.startsWith("\r\n", end - 2)) {
                throw new AssertionError("a chunk that does not end where it says");
            }
            if (size == 0) {
                return new DelimitedResponse(head, body.toString(), end);
            }
            at = end;
        }
    }
}
