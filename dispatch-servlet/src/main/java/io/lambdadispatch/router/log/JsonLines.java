package io.lambdadispatch.router.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.lambdadispatch.router.relay.RequestRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** An object of JSON each. */
final class JsonLines extends AccessLines {
    /** Some take U+0085 and U+2028 for ends of lines too. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .rootValueSeparator((String) null)
            .build();

    private static final SerializableString TIME = new SerializedString("time");
    private static final SerializableString ADDRESS = new SerializedString("address");
    private static final SerializableString METHOD = new SerializedString("method");
    private static final SerializableString TARGET = new SerializedString("target");
    private static final SerializableString PROTOCOL = new SerializedString("protocol");
    private static final SerializableString STATUS = new SerializedString("status");
    private static final SerializableString OUTCOME = new SerializedString("outcome");
    private static final SerializableString REFERRER = new SerializedString("referrer");
    private static final SerializableString USER_AGENT = new SerializedString("userAgent");
    private static final SerializableString POOL = new SerializedString("pool");
    private static final SerializableString INSTANCE = new SerializedString("instance");
    private static final SerializableString CHANNEL = new SerializedString("channel");
    private static final SerializableString WAIT = new SerializedString("waitMs");
    private static final SerializableString FIRST_BYTE = new SerializedString("firstByteMs");
    private static final SerializableString TOTAL = new SerializedString("totalMs");
    private static final SerializableString BYTES_IN = new SerializedString("bytesIn");
    private static final SerializableString BYTES_OUT = new SerializedString("bytesOut");
    private static final SerializableString RETRIED = new SerializedString("retried");
    private static final SerializableString TRACE = new SerializedString("trace");

    private static final long THOUSAND = 1_000;

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final SecondText time = new SecondText("yyyy-MM-dd'T'HH:mm:ss.");
    private final StringBuilder scratch = new StringBuilder();
    private final JsonGenerator json;

    JsonLines() {
        try {
            json = JSON.createGenerator(lines);
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    private static UncheckedIOException inMemory(IOException failure) {
        return new UncheckedIOException("writing to memory", failure);
    }

    @Override
    void add(RequestRecord request) {
        try {
            json.writeStartObject();
            write(TIME, time(request.arrivedAtMillis()));
            write(ADDRESS, request.address());
            write(METHOD, request.method());
            write(TARGET, request.target());
            write(PROTOCOL, request.protocol());
            write(STATUS, (long) status(request));
            write(OUTCOME, outcome(request));
            write(REFERRER, request.referrer());
            write(USER_AGENT, request.userAgent());
            write(POOL, request.pool());
            write(INSTANCE, request.instance());
            write(CHANNEL, request.channel());
            writeMillis(WAIT, request.queuedNanos());
            writeMillis(FIRST_BYTE, request.firstByteNanos());
            writeMillis(TOTAL, request.totalNanos());
            write(BYTES_IN, request.requestBytes());
            write(BYTES_OUT, request.responseBytes());
            json.writeFieldName(RETRIED);
            json.writeBoolean(request.isRetried());
            write(TRACE, request.traceId());
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    @Override
    void addEnd() {
        lines.write('\n');
    }

    @Override
    void writeTo(OutputStream output) throws IOException {
        json.flush();
        try {
            lines.writeTo(output);
        } finally {
            lines.reset();
        }
    }

    private String time(long epochMillis) {
        scratch.setLength(0);
        appendThreeDigits(Math.floorMod(epochMillis, THOUSAND), scratch.append(time.of(epochMillis)));
        return scratch.append('Z').toString();
    }

    private void write(SerializableString name, String value) throws IOException {
        if (value != null) {
            json.writeFieldName(name);
            json.writeString(value);
        }
    }

    private void write(SerializableString name, long value) throws IOException {
        json.writeFieldName(name);
        json.writeNumber(value);
    }

    private void writeMillis(SerializableString name, long nanos) throws IOException {
        if (nanos >= 0) {
            json.writeFieldName(name);
            scratch.setLength(0);
            appendMillis(nanos, scratch);
            json.writeNumber(scratch.toString());
        }
    }
}
