package io.lambdadispatch.client;

import io.lambdadispatch.protocol.Head;
import java.util.Locale;
import java.util.Set;

/** Decides whether a response is gzipped on its way. Pure. */
final class GzipPolicy {
    /** Below that gzip gains nothing. */
    private static final long SMALLEST_BYTES = 1_024;

    private static final Set<String> TYPES = Set.of(
            "application/json",
            "application/javascript",
            "application/x-javascript",
            "application/xml",
            "application/xhtml+xml",
            "image/svg+xml");

    private GzipPolicy() {}

    /** Whether the user's {@code Accept-Encoding} allows gzip (RFC 9110 §12.5.3): by name, or by {@code *}. */
    static boolean isAccepted(Head request) {
        double byName = -1;
        double byStar = -1;
        for (int i = 0; i < request.fieldCount(); i++) {
            if (request.nameIs(i, "Accept-Encoding")) {
                for (String item : request.value(i).split(",", -1)) {
                    String coding = coding(item);
                    if (coding.equals("gzip") || coding.equals("x-gzip")) {
                        byName = Math.max(byName, weight(item));
                    } else if (coding.equals("*")) {
                        byStar = weight(item);
                    }
                }
            }
        }
        return byName >= 0 ? byName > 0 : byStar > 0;
    }

    private static String coding(String item) {
        int end = item.indexOf(';');
        return (end < 0 ? item : item.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    }

    private static double weight(String item) {
        int at = item.indexOf(';');
        while (at >= 0) {
            int next = item.indexOf(';', at + 1);
            String parameter = item.substring(at + 1, next < 0 ? item.length() : next)
                    .trim()
                    .toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2).trim());
                } catch (NumberFormatException e) {
                    // Whoever writes no number asks for nothing special.
                    return 0;
                }
            }
            at = next;
        }
        return 1;
    }

    /**
     * Whether this response is worth it, and may be changed.
     *
     * @param length bytes of the body; 0 when there is none, -1 when unknown
     */
    static boolean suits(int status, Head response, long length) {
        boolean worthIt = length < 0 || length > SMALLEST_BYTES;
        return worthIt
                && response.first("Content-Encoding") == null
                && !(status == 206 || response.first("Content-Range") != null)
                && !forbidsTransformation(response)
                && isCompressible(response.first("Content-Type"));
    }

    private static boolean forbidsTransformation(Head response) {
        String cacheControl = response.first("Cache-Control");
        return cacheControl != null && cacheControl.toLowerCase(Locale.ROOT).contains("no-transform");
    }

    private static boolean isCompressible(String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = coding(contentType);
        // Events must arrive one by one: a decoder may hold them back.
        return (type.startsWith("text/") && !type.equals("text/event-stream")) || TYPES.contains(type);
    }
}
