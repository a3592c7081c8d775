package io.lambdadispatch.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * What an instance answers when its invoke ends.
 *
 * @param requestCount requests that it served during this invoke
 * @param invokeDurationMs how long the invoke took, in ms
 * @param exitReason {@link ExitReason#wireName()}, kept as text so that an unknown one of a newer peer survives
 */
public record InvokeReply(String poolId, String id, long requestCount, long invokeDurationMs, String exitReason) {

    public InvokeReply(String poolId, String id, long requestCount, long invokeDurationMs, ExitReason exitReason) {
        this(poolId, id, requestCount, invokeDurationMs, exitReason.wireName());
    }

    /** The JSON text, UTF-8. */
    public byte[] toJson() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = InvokeRequest.JSON.createGenerator(out)) {
            json.writeStartObject();
            InvokeRequest.writeIfPresent(json, "PoolId", poolId);
            InvokeRequest.writeIfPresent(json, "Id", id);
            json.writeNumberField("RequestCount", requestCount);
            json.writeNumberField("InvokeDuration", invokeDurationMs);
            InvokeRequest.writeIfPresent(json, "ExitReason", exitReason);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toByteArray();
    }

    /**
     * Reads a reply; unknown fields are skipped.
     *
     * @throws ProtocolException when the text is not one JSON object, or a field has the wrong type
     */
    public static InvokeReply fromJson(InputStream in) throws IOException {
        String poolId = null;
        String id = null;
        long requests = 0;
        long duration = 0;
        String reason = null;
        try (JsonParser json = InvokeRequest.JSON.createParser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("invoke reply is not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                switch (name) {
                    case "PoolId" -> poolId = InvokeRequest.text(name, json, value);
                    case "Id" -> id = InvokeRequest.text(name, json, value);
                    case "RequestCount" -> requests = value == JsonToken.VALUE_NULL ? 0 : json.getLongValue();
                    case "InvokeDuration" -> duration = value == JsonToken.VALUE_NULL ? 0 : json.getLongValue();
                    case "ExitReason" -> reason = InvokeRequest.text(name, json, value);
                    default -> json.skipChildren();
                }
            }
            InvokeRequest.checkEnd(json, "invoke reply");
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new ProtocolException("invoke reply is not usable JSON: " + e.getOriginalMessage(), e);
        }
        return new InvokeReply(poolId, id, requests, duration, reason);
    }
}
