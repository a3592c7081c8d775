package io.lambdadispatch.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers that are whole in memory. */
final class Answers {
    private Answers() {}

    /** Writes the fields of a JSON object. */
    @FunctionalInterface
    interface JsonFields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    static void text(int status, String text, Response response, Callback callback) {
        bytes(status, "text/plain;charset=utf-8", text.getBytes(StandardCharsets.UTF_8), response, callback);
    }

    static void json(JsonFields fields, Response response, Callback callback) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JsonFormat.FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        }
        bytes(HttpStatus.OK_200, "application/json", bytes.toByteArray(), response, callback);
    }

    static void bytes(int status, String type, byte[] body, Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** Loaded with the first JSON answer, not at start, which must be fast. */
    private static final class JsonFormat {
        static final JsonFactory FACTORY = new JsonFactory();
    }
}
