package io.lambdadispatch.router.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.lambdadispatch.router.config.AccessLogFormat;
import io.lambdadispatch.router.relay.RequestRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A request as one line of the access log. Whatever its user has sent, a line is one line, and a field stays in its quotes. */
final class AccessLine {
    private static final DateTimeFormatter APACHE =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Some take U+0085 and U+2028 for ends of lines too. */
    private static final JsonFactory JSON =
            new JsonFactoryBuilder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** As nginx has it: the user had left before any answer began, so nobody was sent this. */
    private static final int USER_GONE = 499;

    private AccessLine() {}

    /** The line, without its end. */
    static String of(RequestRecord request, AccessLogFormat format) {
        return format == AccessLogFormat.JSON ? json(request) : combined(request);
    }

    private static String combined(RequestRecord request) {
        StringBuilder line = new StringBuilder(400);
        line.append(request.address()).append(" - - [");
        APACHE.formatTo(Instant.ofEpochMilli(request.arrivedAtMillis()), line);
        line.append("] ");
        quote(request.method() + ' ' + request.target() + ' ' + request.protocol(), line);
        line.append(' ').append(status(request)).append(' ').append(request.responseBytes());
        quote(request.referrer(), line.append(' '));
        quote(request.userAgent(), line.append(' '));
        add("pool", orNone(request.pool()), line);
        add("instance", orNone(request.instance()), line);
        add("channel", orNone(request.channel()), line);
        add("outcome", outcome(request), line);
        add("wait_ms", millis(request.queuedNanos()), line);
        add("first_byte_ms", millis(request.firstByteNanos()), line);
        add("total_ms", millis(request.totalNanos()), line);
        add("bytes_in", Long.toString(request.requestBytes()), line);
        add("retried", Boolean.toString(request.isRetried()), line);
        add("trace", orNone(request.traceId()), line);
        return line.toString();
    }

    private static int status(RequestRecord request) {
        return request.status() == 0 ? USER_GONE : request.status();
    }

    private static String outcome(RequestRecord request) {
        return request.outcome().name().toLowerCase(Locale.ROOT);
    }

    private static String orNone(String text) {
        return text == null ? "-" : text;
    }

    private static String millis(long nanos) {
        if (nanos < 0) {
            return "-";
        }
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        String fraction = Long.toString(1_000 + micros % 1_000);
        return micros / 1_000 + "." + fraction.substring(1);
    }

    private static void add(String name, String value, StringBuilder line) {
        line.append(' ').append(name).append('=');
        if (isPlain(value)) {
            line.append(value);
        } else {
            quote(value, line);
        }
    }

    /** Ids and names of pools are chosen by others, if only by operators. */
    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c == '"' || c == '\\' || c >= 0x7F) {
                return false;
            }
        }
        return true;
    }

    /** As Apache does. */
    private static void quote(String text, StringBuilder line) {
        line.append('"');
        String value = orNone(text);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || (c >= 0x7F && c <= 0xFF)) {
                line.append(String.format("\\x%02x", (int) c));
            } else if (c > 0xFF) {
                line.append('?');
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    private static String json(RequestRecord request) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField(
                    "time", Instant.ofEpochMilli(request.arrivedAtMillis()).toString());
            json.writeStringField("address", request.address());
            json.writeStringField("method", request.method());
            json.writeStringField("target", request.target());
            json.writeStringField("protocol", request.protocol());
            json.writeNumberField("status", status(request));
            json.writeStringField("outcome", outcome(request));
            write("referrer", request.referrer(), json);
            write("userAgent", request.userAgent(), json);
            write("pool", request.pool(), json);
            write("instance", request.instance(), json);
            write("channel", request.channel(), json);
            write("waitMs", request.queuedNanos(), json);
            write("firstByteMs", request.firstByteNanos(), json);
            write("totalMs", request.totalNanos(), json);
            json.writeNumberField("bytesIn", request.requestBytes());
            json.writeNumberField("bytesOut", request.responseBytes());
            json.writeBooleanField("retried", request.isRetried());
            write("trace", request.traceId(), json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    private static void write(String name, String value, JsonGenerator json) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void write(String name, long nanos, JsonGenerator json) throws IOException {
        if (nanos >= 0) {
            json.writeFieldName(name);
            json.writeNumber(millis(nanos));
        }
    }
}
