package io.lambdadispatch.router.log;

import io.lambdadispatch.router.relay.RequestRecord;

/**
 * An object of JSON each (RFC 8259). Written by hand, because a generator that looks at each character for itself takes half as much
 * time again ({@code benchmarks/run watch}).
 */
final class JsonLines extends AccessLines {
    private static final long THOUSAND = 1_000;

    private final SecondText time = new SecondText("yyyy-MM-dd'T'HH:mm:ss.");

    @Override
    void add(RequestRecord request) {
        lines.append("{\"time\":\"").append(time.of(request.arrivedAtMillis()));
        lines.appendThreeDigits(Math.floorMod(request.arrivedAtMillis(), THOUSAND))
                .append("Z\"");
        add(",\"address\":\"", request.address());
        add(",\"method\":\"", request.method());
        add(",\"target\":\"", request.target());
        add(",\"protocol\":\"", request.protocol());
        lines.append(",\"status\":").append(status(request));
        add(",\"outcome\":\"", outcome(request));
        add(",\"referrer\":\"", request.referrer());
        add(",\"userAgent\":\"", request.userAgent());
        add(",\"pool\":\"", request.pool());
        add(",\"instance\":\"", request.instance());
        add(",\"channel\":\"", request.channel());
        addMillis(",\"waitMs\":", request.queuedNanos());
        addMillis(",\"firstByteMs\":", request.firstByteNanos());
        addMillis(",\"totalMs\":", request.totalNanos());
        lines.append(",\"bytesIn\":").append(request.requestBytes());
        lines.append(",\"bytesOut\":").append(request.responseBytes());
        lines.append(request.isRetried() ? ",\"retried\":true" : ",\"retried\":false");
        add(",\"trace\":\"", request.traceId());
        lines.append("}\n");
    }

    /** What is not known is left out. */
    private void add(String name, String value) {
        if (value != null) {
            lines.append(name).append(value, JsonLines::escape).append('"');
        }
    }

    private void addMillis(String name, long nanos) {
        if (nanos >= 0) {
            lines.append(name).appendMillis(nanos);
        }
    }

    /** All but printable ASCII by its number: some take U+0085 and U+2028 for ends of lines too. */
    private static void escape(char c, AsciiText lines) {
        if (c == '"' || c == '\\') {
            lines.append('\\').append(c);
        } else {
            lines.append(String.format("\\u%04x", (int) c));
        }
    }
}
