package io.lambdadispatch.router.tracing;

import io.lambdadispatch.router.relay.RequestHead;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import java.util.Set;

/** What OpenTelemetry's semantic conventions for HTTP say of names and attributes. A query is left out: it may hold secrets. */
final class HttpAttributes {
    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<Long> RESENDS = AttributeKey.longKey("http.request.resend_count");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
    private static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
    private static final AttributeKey<String> PROTOCOL_VERSION = AttributeKey.stringKey("network.protocol.version");
    private static final String PROTOCOL = "HTTP/";

    private static final Set<String> KNOWN =
            Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE");

    private HttpAttributes() {}

    /** Users may make methods up; names of spans must stay few. */
    static String name(String method) {
        return KNOWN.contains(method) ? method : "HTTP";
    }

    /** As for {@link #name}. */
    static String method(String method) {
        return KNOWN.contains(method) ? method : "_OTHER";
    }

    static SpanBuilder of(RequestHead request, SpanBuilder span) {
        return span.setAttribute(METHOD, method(request.method()))
                .setAttribute(PATH, request.path())
                .setAttribute(SCHEME, request.scheme())
                .setAttribute(SERVER, request.serverName())
                .setAttribute(PROTOCOL_VERSION, version(request.protocol()));
    }

    private static String version(String protocol) {
        String version = protocol.startsWith(PROTOCOL) ? protocol.substring(PROTOCOL.length()) : protocol;
        return version.equals("2.0") ? "2" : version;
    }
}
