package io.lambdadispatch.router.log;

import io.lambdadispatch.router.relay.RequestRecord;

/** Apache's combined format, and what the router knows beside it as {@code name=value}. */
final class CombinedLines extends AccessLines {
    private final SecondText time = new SecondText("dd/MMM/yyyy:HH:mm:ss Z");

    @Override
    void add(RequestRecord request) {
        lines.append(orNone(request.address()), CombinedLines::escape).append(" - - [");
        lines.append(time.of(request.arrivedAtMillis())).append("] \"");
        lines.append(request.method(), CombinedLines::escape).append(' ');
        lines.append(request.target(), CombinedLines::escape).append(' ');
        lines.append(request.protocol(), CombinedLines::escape).append("\" ");
        lines.append(status(request)).append(' ').append(request.responseBytes());
        lines.append(' ');
        quote(request.referrer());
        lines.append(' ');
        quote(request.userAgent());
        add(" pool=", orNone(request.pool()));
        add(" instance=", orNone(request.instance()));
        add(" channel=", orNone(request.channel()));
        lines.append(" outcome=").append(outcome(request));
        addMillis(" wait_ms=", request.queuedNanos());
        addMillis(" first_byte_ms=", request.firstByteNanos());
        addMillis(" total_ms=", request.totalNanos());
        lines.append(" bytes_in=").append(request.requestBytes());
        lines.append(request.isRetried() ? " retried=true" : " retried=false");
        add(" trace=", orNone(request.traceId()));
        lines.append('\n');
    }

    private static String orNone(String text) {
        return text == null ? "-" : text;
    }

    private void addMillis(String name, long nanos) {
        lines.append(name);
        if (nanos < 0) {
            lines.append('-');
        } else {
            lines.appendMillis(nanos);
        }
    }

    /** Ids and names of pools are chosen by others, if only by operators. */
    private void add(String name, String value) {
        lines.append(name);
        if (value.indexOf(' ') < 0 && AsciiText.isPlain(value)) {
            lines.append(value);
        } else {
            quote(value);
        }
    }

    private void quote(String text) {
        lines.append('"').append(orNone(text), CombinedLines::escape).append('"');
    }

    /** As Apache does. */
    private static void escape(char c, AsciiText lines) {
        if (c == '"' || c == '\\') {
            lines.append('\\').append(c);
        } else if (c <= 0xFF) {
            lines.append(String.format("\\x%02x", (int) c));
        } else {
            lines.append('?');
        }
    }
}
