package io.lambdadispatch.client.channel;

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

    private static final double NOT_NAMED = -1;

    private GzipPolicy() {}

    /** What the user's {@code Accept-Encoding} (RFC 9110 §12.5.3) says about gzip. */
    enum Acceptance {
        /** Gzip is not acceptable, or less welcome than no coding at all. */
        NO,
        YES,
        /** Gzip is acceptable, and a response without a coding is not. */
        INSISTS
    }

    /** A coding's weight is that of its own name, or else that of {@code *}; without either, only identity is acceptable. */
    static Acceptance acceptance(Head request) {
        double gzip = NOT_NAMED;
        double identity = NOT_NAMED;
        double star = NOT_NAMED;
        for (int i = 0; i < request.fieldCount(); i++) {
            if (request.nameIs(i, "Accept-Encoding")) {
                for (String item : request.value(i).split(",", -1)) {
                    String coding = coding(item);
                    switch (coding) {
                        case "gzip", "x-gzip" -> gzip = Math.max(gzip, weight(item));
                        case "identity" -> identity = weight(item);
                        case "*" -> star = weight(item);
                        default -> {}
                    }
                }
            }
        }
        double weight = gzip == NOT_NAMED ? star : gzip;
        if (weight <= 0 || weight < identity) {
            return Acceptance.NO;
        }
        return identity == 0 || (identity == NOT_NAMED && star == 0) ? Acceptance.INSISTS : Acceptance.YES;
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
     * Whether this response is worth it, and may be changed: then what the user gets depends on their {@code Accept-Encoding}.
     *
     * @param length bytes of the body; 0 when there is none, -1 when unknown
     */
    static boolean suits(int status, Head response, long length) {
        boolean worthIt = length < 0 || length > SMALLEST_BYTES;
        return worthIt && mayChange(status, response) && isCompressible(response.first("Content-Type"));
    }

    /** Whether this response is gzipped for a user who does not take it as it is. */
    static boolean mustSuit(int status, Head response, long length) {
        return length != 0 && mayChange(status, response) && !isEvents(response.first("Content-Type"));
    }

    private static boolean mayChange(int status, Head response) {
        return response.first("Content-Encoding") == null
                && !(status == 206 || response.first("Content-Range") != null)
                && !forbidsTransformation(response);
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
        return (type.startsWith("text/") && !isEvents(type)) || TYPES.contains(type);
    }

    /** Events must arrive one by one: a decoder may hold them back. */
    private static boolean isEvents(String contentType) {
        return contentType != null && coding(contentType).equals("text/event-stream");
    }
}
