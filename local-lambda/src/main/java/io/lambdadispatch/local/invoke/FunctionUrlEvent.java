package io.lambdadispatch.local.invoke;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lambdadispatch.local.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** What a function gets of an HTTP request: Lambda's event, payload format 2.0. */
final class FunctionUrlEvent {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Bodies of other types may not be text, and go as Base64. */
    private static final Pattern TEXT =
            Pattern.compile("(text/|application/(json|javascript|xml)\\b).*", Pattern.CASE_INSENSITIVE);

    private FunctionUrlEvent() {}

    static byte[] of(Request request, String rawPath, byte[] body) {
        return Json.object(json -> {
                    HttpFields fields = request.getHeaders();
                    String query = request.getHttpURI().getQuery();
                    json.writeStringField("version", "2.0");
                    json.writeStringField("routeKey", "$default");
                    json.writeStringField("rawPath", rawPath);
                    json.writeStringField("rawQueryString", query == null ? "" : query);
                    writeCookies(fields, json);
                    writeHeaders(fields, json);
                    json.writeObjectFieldStart("requestContext");
                    writeContext(request, rawPath, json);
                    json.writeEndObject();
                    writeBody(fields.get(HttpHeader.CONTENT_TYPE), body, json);
                })
                .array();
    }

    private static void writeCookies(HttpFields fields, JsonGenerator json) throws IOException {
        List<String> cookies = new ArrayList<>();
        for (String line : fields.getValuesList(HttpHeader.COOKIE)) {
            cookies.addAll(List.of(line.split("; *", -1)));
        }
        if (!cookies.isEmpty()) {
            json.writeArrayFieldStart("cookies");
            for (String cookie : cookies) {
                json.writeString(cookie);
            }
            json.writeEndArray();
        }
    }

    /** Repeated ones are one here, their values joined by commas. */
    private static void writeHeaders(HttpFields fields, JsonGenerator json) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (HttpField field : fields) {
            if (field.getHeader() != HttpHeader.COOKIE) {
                headers.merge(field.getLowerCaseName(), field.getValue(), (one, other) -> one + "," + other);
            }
        }
        json.writeObjectFieldStart("headers");
        for (Map.Entry<String, String> header : headers.entrySet()) {
            json.writeStringField(header.getKey(), header.getValue());
        }
        json.writeEndObject();
    }

    private static void writeContext(Request request, String rawPath, JsonGenerator json) throws IOException {
        Instant now = Instant.now();
        json.writeStringField("accountId", "anonymous");
        json.writeStringField("apiId", "local");
        json.writeStringField("domainName", Request.getServerName(request));
        json.writeStringField("domainPrefix", "local");
        json.writeObjectFieldStart("http");
        json.writeStringField("method", request.getMethod());
        json.writeStringField("path", rawPath);
        json.writeStringField("protocol", request.getConnectionMetaData().getProtocol());
        json.writeStringField("sourceIp", Request.getRemoteAddr(request));
        json.writeStringField("userAgent", request.getHeaders().get(HttpHeader.USER_AGENT));
        json.writeEndObject();
        json.writeStringField("requestId", UUID.randomUUID().toString());
        json.writeStringField("routeKey", "$default");
        json.writeStringField("stage", "$default");
        json.writeStringField("time", TIME.format(now));
        json.writeNumberField("timeEpoch", now.toEpochMilli());
    }

    private static void writeBody(String type, byte[] body, JsonGenerator json) throws IOException {
        boolean isText = type != null && TEXT.matcher(type).matches();
        if (body.length > 0) {
            json.writeStringField(
                    "body",
                    isText
                            ? new String(body, StandardCharsets.UTF_8)
                            : Base64.getEncoder().encodeToString(body));
        }
        json.writeBooleanField("isBase64Encoded", body.length > 0 && !isText);
    }
}
