package io.lambdadispatch.router.log;

import io.lambdadispatch.router.relay.RequestRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Apache's combined format, and what the router knows beside it as {@code name=value}. */
final class CombinedLines extends AccessLines {
    /** Characters that stand in quotes as they are; those behind them never do. */
    private static final boolean[] IS_PLAIN = new boolean[0x7F];

    static {
        for (char c = ' '; c < IS_PLAIN.length; c++) {
            IS_PLAIN[c] = c != '"' && c != '\\';
        }
    }

    private final StringBuilder lines = new StringBuilder();
    private final SecondText time = new SecondText("dd/MMM/yyyy:HH:mm:ss Z");

    @Override
    void add(RequestRecord request) {
        lines.append(request.address()).append(" - - [");
        lines.append(time.of(request.arrivedAtMillis())).append("] ");
        lines.append('"');
        escape(request.method());
        lines.append(' ');
        escape(request.target());
        lines.append(' ');
        escape(request.protocol());
        lines.append('"');
        lines.append(' ').append(status(request)).append(' ').append(request.responseBytes());
        lines.append(' ');
        quote(request.referrer());
        lines.append(' ');
        quote(request.userAgent());
        add("pool", orNone(request.pool()));
        add("instance", orNone(request.instance()));
        add("channel", orNone(request.channel()));
        lines.append(" outcome=").append(outcome(request));
        addMillis(" wait_ms=", request.queuedNanos());
        addMillis(" first_byte_ms=", request.firstByteNanos());
        addMillis(" total_ms=", request.totalNanos());
        lines.append(" bytes_in=").append(request.requestBytes());
        lines.append(" retried=").append(request.isRetried());
        add("trace", orNone(request.traceId()));
        lines.append('\n');
    }

    @Override
    void addEnd() {
        lines.append('\n');
    }

    @Override
    void writeTo(OutputStream output) throws IOException {
        byte[] bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
        lines.setLength(0);
        output.write(bytes);
    }

    private static String orNone(String text) {
        return text == null ? "-" : text;
    }

    private void addMillis(String name, long nanos) {
        lines.append(name);
        if (nanos < 0) {
            lines.append('-');
        } else {
            appendMillis(nanos, lines);
        }
    }

    private void add(String name, String value) {
        lines.append(' ').append(name).append('=');
        // Ids and names of pools are chosen by others, if only by operators.
        if (isPlain(value) && value.indexOf(' ') < 0) {
            lines.append(value);
        } else {
            quote(value);
        }
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(char c) {
        return c < IS_PLAIN.length && IS_PLAIN[c];
    }

    private void quote(String text) {
        lines.append('"');
        escape(orNone(text));
        lines.append('"');
    }

    /** As Apache does. Most texts have nothing to escape, and are copied whole. */
    private void escape(String text) {
        if (isPlain(text)) {
            lines.append(text);
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                lines.append(c);
            } else {
                escape(c, lines);
            }
        }
    }

    private static void escape(char c, StringBuilder lines) {
        if (c == '"' || c == '\\') {
            lines.append('\\').append(c);
        } else if (c <= 0xFF) {
            lines.append(String.format("\\x%02x", (int) c));
        } else {
            lines.append('?');
        }
    }
}
