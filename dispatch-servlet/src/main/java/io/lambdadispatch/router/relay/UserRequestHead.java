package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.Set;

/**
 * Translates a user's request head into the one that travels in a channel: always HTTP/1.1, written from the parts that the
 * container has parsed, never from what the user typed. Hop-by-hop fields stay behind (RFC 9110 §7.6.1), {@code Expect} too,
 * because the container has answered it; {@code X-Forwarded-For}, {@code -Proto} and {@code -Host} are appended.
 */
final class UserRequestHead {
    /** What containers put in the place of bytes that they cannot read. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final String HOST = "Host";
    private static final String COOKIE = "Cookie";
    private static final String EXPECT = "Expect";
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final String FORWARDED_PROTO = "X-Forwarded-Proto";
    private static final String FORWARDED_HOST = "X-Forwarded-Host";

    private UserRequestHead() {}

    /**
     * Writes all but the blank line, so that the channel's framing can be added.
     *
     * @param keptFields names that do not cross, beside those that never do
     * @param replacedFields names that do not cross either, because others of these names are written later
     * @throws ProtocolException when the request holds what a head cannot, or too much of it
     */
    static void write(HttpServletRequest request, Set<String> keptFields, Set<String> replacedFields, HeadWriter head)
            throws ProtocolException {
        check(request);
        head.requestLine(request.getMethod(), request.getRequestURI(), request.getQueryString());
        String connection = joined(request, FieldNames.CONNECTION);
        String host = request.getHeader(HOST);
        if (host == null) {
            host = authority(request);
            head.field(HOST, host);
        }
        Enumeration<String> names = request.getHeaderNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            if (crosses(name, connection) && !keptFields.contains(name) && !replacedFields.contains(name)) {
                fields(name, request.getHeaders(name), head);
            }
        }
        head.field(FORWARDED_FOR, joined(request, FORWARDED_FOR), request.getRemoteAddr());
        head.field(FORWARDED_PROTO, joined(request, FORWARDED_PROTO), request.getScheme());
        head.field(FORWARDED_HOST, joined(request, FORWARDED_HOST), host);
    }

    /** What could only be passed on as something else. */
    private static void check(HttpServletRequest request) throws ProtocolException {
        if ("CONNECT".equals(request.getMethod())) {
            throw new ProtocolException("CONNECT: this is no tunnel");
        }
        String coding = request.getHeader(FieldNames.TRANSFER_ENCODING);
        if (coding != null && !FieldNames.CHUNKED.equalsIgnoreCase(coding)) {
            throw new ProtocolException("transfer coding: " + coding + " (expected: chunked)");
        }
        String query = request.getQueryString();
        if (request.getRequestURI().indexOf(REPLACEMENT) >= 0 || (query != null && query.indexOf(REPLACEMENT) >= 0)) {
            throw new ProtocolException("request target with bytes that are not UTF-8");
        }
    }

    private static boolean crosses(String name, String connection) {
        return !FieldNames.isHopByHop(name)
                && !FieldNames.isNamedBy(connection, name)
                && !name.equalsIgnoreCase(EXPECT)
                && !isForwarded(name);
    }

    private static boolean isForwarded(String name) {
        return name.equalsIgnoreCase(FORWARDED_FOR)
                || name.equalsIgnoreCase(FORWARDED_PROTO)
                || name.equalsIgnoreCase(FORWARDED_HOST);
    }

    private static void fields(String name, Enumeration<String> values, HeadWriter head) throws ProtocolException {
        String first = values.nextElement();
        if (values.hasMoreElements() && name.equalsIgnoreCase(COOKIE)) {
            head.field(name, cookie(first, values));
            return;
        }
        head.field(name, first);
        while (values.hasMoreElements()) {
            head.field(name, values.nextElement());
        }
    }

    /** HTTP/2 may split the cookie; HTTP/1.1 may not: RFC 9113 §8.2.3. */
    private static String cookie(String first, Enumeration<String> more) {
        StringBuilder cookie = new StringBuilder(first);
        while (more.hasMoreElements()) {
            cookie.append("; ").append(more.nextElement());
        }
        return cookie.toString();
    }

    private static String joined(HttpServletRequest request, String name) {
        String first = request.getHeader(name);
        if (first == null) {
            return null;
        }
        Enumeration<String> values = request.getHeaders(name);
        values.nextElement();
        if (!values.hasMoreElements()) {
            return first;
        }
        StringBuilder list = new StringBuilder(first);
        while (values.hasMoreElements()) {
            list.append(", ").append(values.nextElement());
        }
        return list.toString();
    }

    private static String authority(HttpServletRequest request) {
        int port = request.getServerPort();
        boolean isDefault = port == ("https".equals(request.getScheme()) ? 443 : 80);
        return isDefault ? request.getServerName() : request.getServerName() + ':' + port;
    }
}
