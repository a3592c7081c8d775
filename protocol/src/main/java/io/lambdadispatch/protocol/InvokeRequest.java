package io.lambdadispatch.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * The payload of the invoke that starts an instance (AWS Lambda {@code Invoke},
 * {@code InvocationType=RequestResponse}).
 *
 * @param poolId {@code null} means {@link #DEFAULT_POOL}
 * @param id instance id, fresh for each invoke
 * @param dispatcherUrl where to call back; only scheme, host and port count
 * @param numberOfChannels channels to open, 0 to 255
 * @param sentTime when the router sent it; {@code null} when the router did not say
 * @param initOnly finish the cold start and return at once
 * @param staysIdle stay though there is nothing to do, until told to go or until the deadline
 * @param channelToken secret to send back on every control request, or {@code null}
 * @param routerCertificateSha256 hex SHA-256 of the router's certificate, or {@code null}
 */
public record InvokeRequest(
        String poolId,
        String id,
        String dispatcherUrl,
        int numberOfChannels,
        Instant sentTime,
        boolean initOnly,
        boolean staysIdle,
        String channelToken,
        String routerCertificateSha256) {

    /** An invoke whose instance leaves when it has nothing to do. */
    public InvokeRequest(
            String poolId,
            String id,
            String dispatcherUrl,
            int numberOfChannels,
            Instant sentTime,
            boolean initOnly,
            String channelToken,
            String routerCertificateSha256) {
        this(
                poolId,
                id,
                dispatcherUrl,
                numberOfChannels,
                sentTime,
                initOnly,
                false,
                channelToken,
                routerCertificateSha256);
    }

    /** The pool of an invoke that names none. */
    public static final String DEFAULT_POOL = "default";

    static final JsonFactory JSON = new JsonFactory();

    /** The pool's name, never {@code null}. */
    public String poolIdOrDefault() {
        return poolId == null || poolId.isEmpty() ? DEFAULT_POOL : poolId;
    }

    /** What makes this invoke unusable, told all at once; empty when it can be served. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (id == null || id.isBlank()) {
            faults.add("Id is missing (expected: the instance's id)");
        }
        if (numberOfChannels < 0 || numberOfChannels > 255) {
            faults.add("NumberOfChannels: " + numberOfChannels + " (expected: 0 to 255)");
        }
        if (!initOnly) {
            if (numberOfChannels == 0) {
                faults.add("NumberOfChannels: 0 (expected: 1 to 255 unless InitOnly)");
            }
            if (!isUsableUrl(dispatcherUrl)) {
                faults.add("DispatcherUrl: " + dispatcherUrl + " (expected: http or https, a host, a port)");
            }
        }
        return faults;
    }

    private static boolean isUsableUrl(String url) {
        if (url == null) {
            return false;
        }
        try {
            URI uri = new URI(url);
            return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** The JSON text, UTF-8. */
    public byte[] toJson() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            writeIfPresent(json, "PoolId", poolId);
            writeIfPresent(json, "Id", id);
            writeIfPresent(json, "DispatcherUrl", dispatcherUrl);
            json.writeNumberField("NumberOfChannels", numberOfChannels);
            writeIfPresent(json, "SentTime", sentTime == null ? null : sentTime.toString());
            json.writeBooleanField("InitOnly", initOnly);
            if (staysIdle) {
                json.writeBooleanField("StaysIdle", true);
            }
            writeIfPresent(json, "ChannelToken", channelToken);
            writeIfPresent(json, "RouterCertificateSha256", routerCertificateSha256);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toByteArray();
    }

    static void writeIfPresent(JsonGenerator json, String name, String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    /**
     * Reads what is there; unknown fields are skipped and missing ones are {@code null}, so that the caller can answer
     * an unusable invoke by its id. Call {@link #faults()} next.
     *
     * @throws ProtocolException when the text is not one JSON object, or a field has the wrong type
     */
    public static InvokeRequest fromJson(InputStream in) throws IOException {
        String poolId = null;
        String id = null;
        String url = null;
        int channels = 0;
        Instant sent = null;
        boolean initOnly = false;
        boolean staysIdle = false;
        String token = null;
        String certificate = null;
        try (JsonParser json = JSON.createParser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("invoke payload is not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                switch (name) {
                    case "PoolId" -> poolId = text(name, json, value);
                    case "Id" -> id = text(name, json, value);
                    case "DispatcherUrl" -> url = text(name, json, value);
                    case "NumberOfChannels" -> channels = value == JsonToken.VALUE_NULL ? 0 : json.getIntValue();
                    case "SentTime" -> sent = time(text(name, json, value));
                    case "InitOnly" -> initOnly = value != JsonToken.VALUE_NULL && json.getBooleanValue();
                    case "StaysIdle" -> staysIdle = value != JsonToken.VALUE_NULL && json.getBooleanValue();
                    case "ChannelToken" -> token = text(name, json, value);
                    case "RouterCertificateSha256" -> certificate = text(name, json, value);
                    default -> json.skipChildren();
                }
            }
            checkEnd(json, "invoke payload");
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new ProtocolException("invoke payload is not usable JSON: " + e.getOriginalMessage(), e);
        }
        return new InvokeRequest(poolId, id, url, channels, sent, initOnly, staysIdle, token, certificate);
    }

    static void checkEnd(JsonParser json, String what) throws IOException {
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new ProtocolException(what + " ends before its JSON object does");
        }
        if (json.nextToken() != null) {
            throw new ProtocolException(what + " goes on behind its JSON object");
        }
    }

    static String text(String name, JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return null;
        }
        if (value != JsonToken.VALUE_STRING) {
            throw new ProtocolException(name + " is not a string (token: " + value + ')');
        }
        return json.getText();
    }

    private static Instant time(String text) throws ProtocolException {
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new ProtocolException("SentTime: " + text + " (expected: RFC 3339)", e);
        }
    }

    /** Never shows the token: what is printed may end in a log. */
    @Override
    public String toString() {
        return "InvokeRequest[poolId=" + poolId + ", id=" + id + ", dispatcherUrl=" + dispatcherUrl
                + ", numberOfChannels=" + numberOfChannels + ", sentTime=" + sentTime + ", initOnly=" + initOnly + ']';
    }
}
