package io.lambdadispatch.local.invoke;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lambdadispatch.local.function.InvokeResult;
import io.lambdadispatch.local.http.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * What an HTTP user gets of a function's result: what {@code statusCode}, {@code headers}, {@code cookies}, {@code body} and
 * {@code isBase64Encoded} say; the whole result as JSON when it says no status; 502 when the function failed.
 *
 * @param fields without the length
 */
record FunctionUrlAnswer(int status, HttpFields fields, ByteBuffer body) {
    private static final String JSON = "application/json";

    /** Lambda's own, for what never got to the function or failed there. */
    static FunctionUrlAnswer of(int status) {
        ByteBuffer body = Json.object(json -> json.writeStringField("Message", HttpStatus.getMessage(status)));
        return new FunctionUrlAnswer(status, HttpFields.build().put(HttpHeader.CONTENT_TYPE, JSON), body);
    }

    static FunctionUrlAnswer of(InvokeResult result) {
        if (result.failed()) {
            return of(HttpStatus.BAD_GATEWAY_502);
        }
        byte[] payload = BufferUtil.toArray(result.payload());
        try (JsonParser json = Json.parser(payload)) {
            Parts parts = new Parts();
            if (json.nextToken() == JsonToken.START_OBJECT) {
                parts.read(json);
            }
            return parts.status == 0 ? whole(payload) : parts.answer();
        } catch (IOException | IllegalArgumentException e) {
            return of(HttpStatus.BAD_GATEWAY_502);
        }
    }

    private static FunctionUrlAnswer whole(byte[] payload) {
        return new FunctionUrlAnswer(
                HttpStatus.OK_200, HttpFields.build().put(HttpHeader.CONTENT_TYPE, JSON), ByteBuffer.wrap(payload));
    }

    void send(Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().add(fields).put(HttpHeader.CONTENT_LENGTH, body.remaining());
        response.write(true, body, callback);
    }

    /** The result's fields as they come. */
    private static final class Parts {
        private final HttpFields.Mutable fields = HttpFields.build();
        private int status;
        private String body = "";
        private boolean isBase64;

        void read(JsonParser json) throws IOException {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "statusCode" -> status = json.getIntValue();
                    case "body" -> body = json.getValueAsString("");
                    case "isBase64Encoded" -> isBase64 = json.getValueAsBoolean();
                    case "headers" -> readHeaders(json);
                    case "cookies" -> readCookies(json);
                    default -> json.skipChildren();
                }
            }
        }

        private void readHeaders(JsonParser json) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                fields.add(name, json.getValueAsString(""));
            }
        }

        private void readCookies(JsonParser json) throws IOException {
            while (json.nextToken() == JsonToken.VALUE_STRING) {
                fields.add(HttpHeader.SET_COOKIE, json.getText());
            }
        }

        FunctionUrlAnswer answer() {
            if (!fields.contains(HttpHeader.CONTENT_TYPE)) {
                fields.put(HttpHeader.CONTENT_TYPE, JSON);
            }
            fields.remove(HttpHeader.CONTENT_LENGTH);
            byte[] bytes = isBase64 ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8);
            return new FunctionUrlAnswer(status, fields, ByteBuffer.wrap(bytes));
        }
    }
}
