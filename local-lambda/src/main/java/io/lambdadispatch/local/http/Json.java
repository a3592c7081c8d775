package io.lambdadispatch.local.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The little that is needed of JSON: to write an object, and to tell whether bytes are JSON. */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** Writes the fields of an object. */
    @FunctionalInterface
    public interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    public static ByteBuffer object(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    public static JsonParser parser(byte[] text) throws IOException {
        return FACTORY.createParser(text);
    }

    /** What is wrong with {@code text} as one JSON value, or nothing. */
    public static Optional<String> fault(byte[] text) {
        try (JsonParser parser = parser(text)) {
            if (parser.nextToken() == null) {
                return Optional.of("no content");
            }
            parser.skipChildren();
            return parser.nextToken() == null ? Optional.empty() : Optional.of("more than one value");
        } catch (IOException e) {
            return Optional.of(message(e));
        }
    }

    /** What a failed parser says, without the place in the source. */
    public static String message(IOException failure) {
        return failure instanceof JsonProcessingException malformed
                ? malformed.getOriginalMessage()
                : String.valueOf(failure.getMessage());
    }
}
