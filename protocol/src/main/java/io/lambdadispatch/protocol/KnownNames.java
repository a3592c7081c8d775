package io.lambdadispatch.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Strings of the field names and methods that nearly every message carries, found by their bytes, so that a head costs no
 * string per name. A name counts only in the very spelling that was sent: nothing is normalized.
 */
final class KnownNames {
    private static final int SLOTS = 1024;
    private static final String[] STRINGS = new String[SLOTS];
    private static final byte[][] BYTES = new byte[SLOTS][];

    static {
        String[] names = {
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Accept-Ranges",
            "Access-Control-Allow-Origin",
            "Age",
            "Allow",
            "Authorization",
            "Cache-Control",
            "Connection",
            "Content-Disposition",
            "Content-Encoding",
            "Content-Language",
            "Content-Length",
            "Content-Range",
            "Content-Security-Policy",
            "Content-Type",
            "Cookie",
            "DNT",
            "Date",
            "ETag",
            "Expires",
            "Forwarded",
            "Host",
            "If-Match",
            "If-Modified-Since",
            "If-None-Match",
            "If-Range",
            "Keep-Alive",
            "Last-Modified",
            "Link",
            "Location",
            "Origin",
            "Pragma",
            "Priority",
            "Range",
            "Referer",
            "Referrer-Policy",
            "Retry-After",
            "Sec-Fetch-Dest",
            "Sec-Fetch-Mode",
            "Sec-Fetch-Site",
            "Sec-Fetch-User",
            "Server",
            "Set-Cookie",
            "Strict-Transport-Security",
            "Transfer-Encoding",
            "Upgrade-Insecure-Requests",
            "User-Agent",
            "Vary",
            "Via",
            "WWW-Authenticate",
            "X-Amzn-Trace-Id",
            "X-Channel-Id",
            "X-Content-Type-Options",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "X-Forwarded-Proto",
            "X-Frame-Options",
            "X-Lambda-Id",
            "X-Pool-Id",
            "X-Powered-By",
            "X-Request-Id",
            "traceparent",
            "tracestate",
        };
        for (String name : names) {
            add(name);
            add(name.toLowerCase(Locale.ROOT));
        }
        for (String method : new String[] {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
            add(method);
        }
    }

    private KnownNames() {}

    private static void add(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        int slot = slot(bytes, 0, bytes.length);
        while (STRINGS[slot] != null) {
            if (STRINGS[slot].equals(name)) {
                return;
            }
            slot = (slot + 1) % SLOTS;
        }
        STRINGS[slot] = name;
        BYTES[slot] = bytes;
    }

    private static int slot(byte[] bytes, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        return (hash ^ (hash >>> 10)) & (SLOTS - 1);
    }

    /** The string of these bytes, shared when the name is known. */
    static String nameOf(byte[] bytes, int from, int to) {
        int slot = slot(bytes, from, to);
        while (STRINGS[slot] != null) {
            byte[] known = BYTES[slot];
            if (java.util.Arrays.equals(known, 0, known.length, bytes, from, to)) {
                return STRINGS[slot];
            }
            slot = (slot + 1) % SLOTS;
        }
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
