package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import java.util.Set;

/**
 * Translates a user's request head into the one that travels in a channel: always HTTP/1.1, written from what was parsed, never from what the
 * user typed. Hop-by-hop fields stay behind (RFC 9110 §7.6.1), {@code Expect} too, because it has been answered;
 * {@code X-Forwarded-For}, {@code -Proto} and {@code -Host} are appended.
 */
final class UserRequestHead {
    /** What stands in the place of bytes that cannot be read. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final String COOKIE = "Cookie";
    private static final String EXPECT = "Expect";
    private static final String FORWARDED = "X-Forwarded-";
    private static final String FORWARDED_FOR = FORWARDED + "For";
    private static final String FORWARDED_PROTO = FORWARDED + "Proto";
    private static final String FORWARDED_HOST = FORWARDED + "Host";

    private UserRequestHead() {}

    /**
     * Writes all but the blank line, so that the channel's framing can be added.
     *
     * @param keptFields names that do not cross, beside those that never do
     * @param replacedFields names that do not cross either, because others of these names are written later
     * @throws ProtocolException when the request holds what a head cannot, or too much of it
     */
    static void write(RequestHead request, Set<String> keptFields, Set<String> replacedFields, HeadWriter head)
            throws ProtocolException {
        check(request);
        head.requestLine(request.method(), request.path(), request.query());
        String connection = request.list(FieldNames.CONNECTION);
        String host = request.field(FieldNames.HOST);
        if (host == null) {
            host = request.authority();
            head.field(FieldNames.HOST, host);
        }
        boolean hasCookie = false;
        for (int i = 0; i < request.fieldCount(); i++) {
            String name = request.fieldName(i);
            if (!crosses(name, connection) || keptFields.contains(name) || replacedFields.contains(name)) {
                continue;
            }
            if (!name.equalsIgnoreCase(COOKIE)) {
                head.field(name, request.fieldValue(i));
            } else if (!hasCookie) {
                hasCookie = true;
                head.field(name, cookie(request, i));
            }
        }
        head.field(FORWARDED_FOR, request.list(FORWARDED_FOR), request.remoteAddress());
        head.field(FORWARDED_PROTO, request.list(FORWARDED_PROTO), request.scheme());
        head.field(FORWARDED_HOST, request.list(FORWARDED_HOST), host);
    }

    /** What could only be passed on as something else. */
    private static void check(RequestHead request) throws ProtocolException {
        if ("CONNECT".equals(request.method())) {
            throw new ProtocolException("CONNECT: this is no tunnel");
        }
        String coding = request.field(FieldNames.TRANSFER_ENCODING);
        if (coding != null && !FieldNames.CHUNKED.equalsIgnoreCase(coding)) {
            throw new ProtocolException("transfer coding: " + coding + " (expected: chunked)");
        }
        String query = request.query();
        if (request.path().indexOf(REPLACEMENT) >= 0 || (query != null && query.indexOf(REPLACEMENT) >= 0)) {
            throw new ProtocolException("request target with bytes that are not UTF-8");
        }
    }

    private static boolean crosses(String name, String connection) {
        return FieldNames.crosses(name, connection) && !name.equalsIgnoreCase(EXPECT) && !isForwarded(name);
    }

    private static boolean isForwarded(String name) {
        return name.regionMatches(true, 0, FORWARDED, 0, FORWARDED.length())
                && (name.equalsIgnoreCase(FORWARDED_FOR)
                        || name.equalsIgnoreCase(FORWARDED_PROTO)
                        || name.equalsIgnoreCase(FORWARDED_HOST));
    }

    /** HTTP/2 may split the cookie; HTTP/1.1 may not: RFC 9113 §8.2.3. */
    private static String cookie(RequestHead request, int first) {
        String cookie = request.fieldValue(first);
        StringBuilder whole = null;
        for (int i = first + 1; i < request.fieldCount(); i++) {
            if (request.fieldName(i).equalsIgnoreCase(COOKIE)) {
                whole = whole == null ? new StringBuilder(cookie) : whole;
                whole.append("; ").append(request.fieldValue(i));
            }
        }
        return whole == null ? cookie : whole.toString();
    }
}
