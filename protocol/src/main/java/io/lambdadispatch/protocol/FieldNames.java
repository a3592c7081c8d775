package io.lambdadispatch.protocol;

import java.util.Locale;
import java.util.Set;

/** Names of the header fields that the wire gives a meaning to, and the rule for those that never cross a hop. */
public final class FieldNames {
    public static final String POOL_ID = "X-Pool-Id";
    public static final String LAMBDA_ID = "X-Lambda-Id";
    public static final String CHANNEL_ID = "X-Channel-Id";

    /** Secret of the instance, sent back on every control request when the invoke had one. */
    public static final String CHANNEL_TOKEN = "X-Channel-Token";

    /**
     * In a channel request: the client understands {@link #CHUNKED} bodies inside the channel. In the router's answer:
     * the router keeps its side open, so every request in this channel says itself where it ends.
     */
    public static final String CHANNEL_FRAMING = "X-Channel-Framing";

    public static final String CHUNKED = "chunked";

    /**
     * In a channel request, {@code 1}: the client can take one request after the other through this channel. In the router's response,
     * likewise: the router will use it so, and both messages of each exchange say themselves where they end.
     */
    public static final String CHANNEL_REUSE = "X-Channel-Reuse";

    /**
     * In a channel request: when the instance is going to leave on its own, because its invoke's time is over; milliseconds
     * since the epoch, on the clock of the same request's {@code Date}. The difference of the two is right however far the
     * clocks of client and router are apart.
     */
    public static final String LAMBDA_DEADLINE = "X-Lambda-Deadline";

    /** In a user's request: which function is to serve it; name, name:qualifier or ARN. */
    public static final String LAMBDA_NAME = "X-Lambda-Name";

    /** W3C Trace Context. */
    public static final String TRACEPARENT = "traceparent";

    /** AWS X-Ray, also set by AWS's load balancers. */
    public static final String AMZN_TRACE_ID = "X-Amzn-Trace-Id";

    /** In a user's request: {@code true} has router and client log each step of it. A router that does not allow it drops it. */
    public static final String DEBUG = "X-Lambda-Dispatch-Debug";

    public static final String HOST = "Host";
    public static final String CONNECTION = "Connection";
    public static final String CONTENT_LENGTH = "Content-Length";
    public static final String TRANSFER_ENCODING = "Transfer-Encoding";

    /** RFC 9110 §7.6.1, and what older specifications listed there. {@code Trailer}: trailers are not relayed. */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private static final int LONGEST_HOP_BY_HOP = "proxy-authorization".length();

    private FieldNames() {}

    /**
     * Whether a field of a message is passed on to the next hop: the one rule for both halves and both directions. {@code Connection}
     * can name any field to be for one hop only, but not those that say where a message goes and where it ends.
     *
     * @param connection all {@code Connection} fields of the message as one list, or {@code null}
     */
    public static boolean crosses(String name, String connection) {
        return !isHopByHop(name)
                && (!isNamedBy(connection, name)
                        || name.equalsIgnoreCase(HOST)
                        || name.equalsIgnoreCase(CONTENT_LENGTH));
    }

    /** Whether the field is meant for the next hop only, by its name alone; any case. */
    public static boolean isHopByHop(String name) {
        return switch (name.charAt(0) | 0x20) {
            case 'c', 'k', 'p', 't', 'u', 'h' ->
                name.length() <= LONGEST_HOP_BY_HOP && HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT));
            default -> false;
        };
    }

    /**
     * Whether a {@code Connection} value names the field, which makes it hop-by-hop for this message.
     *
     * @param connection the value, a comma-separated list; may be {@code null}
     */
    public static boolean isNamedBy(String connection, String name) {
        if (connection == null) {
            return false;
        }
        int start = 0;
        while (start < connection.length()) {
            int comma = connection.indexOf(',', start);
            int end = comma < 0 ? connection.length() : comma;
            int from = start;
            int to = end;
            while (from < to && isBlank(connection.charAt(from))) {
                from++;
            }
            while (to > from && isBlank(connection.charAt(to - 1))) {
                to--;
            }
            if (to - from == name.length() && connection.regionMatches(true, from, name, 0, name.length())) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
