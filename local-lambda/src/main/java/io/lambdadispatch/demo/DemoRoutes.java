package io.lambdadispatch.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** All routes of the demo app; {@code /} explains them to people. */
final class DemoRoutes {
    private static final int ODD_STATUS = 519;
    private static final int ABORTED_BYTES = 1000;
    private static final String IMAGE = "/public/silly-test-image.jpg";

    private DemoRoutes() {}

    static Map<String, Route> all(DemoSettings settings) {
        SlowFirstHealth health = new SlowFirstHealth(settings.initSleep());
        Map<String, Route> routes = new LinkedHashMap<>();
        routes.put("/", Route.get((request, response, callback) -> page("/demo/index.html", response, callback)));
        routes.put("/health", Route.get(health));
        routes.put("/ping", Route.get((request, response, callback) -> Answers.text(200, "pong", response, callback)));
        routes.put("/fact", Route.get(DemoRoutes::fact));
        routes.put("/headers", Route.any(DemoRoutes::headers));
        routes.put("/delay", Route.get(TimedRoutes::delay));
        routes.put("/chunked-response", Route.get(TimedRoutes::chunkedResponse));
        routes.put("/echo", Route.withBody(EchoRoutes::echo));
        routes.put("/echo-slow", Route.withBody(EchoRoutes::echoSlow));
        routes.put("/double-echo", Route.withBody(EchoRoutes::doubleEcho));
        routes.put("/half-echo", Route.withBody(EchoRoutes::halfEcho));
        routes.put("/debug", Route.get(DebugRoute::debug));
        routes.put("/odd-status", Route.any(DemoRoutes::oddStatus));
        routes.put(
                "/public/", Route.get((request, response, callback) -> page("/demo/public.html", response, callback)));
        routes.put(IMAGE, Route.get(DemoRoutes::image));
        routes.put("/early-hints", Route.get(DemoRoutes::earlyHints));
        routes.put("/no-content", Route.any(DemoRoutes::noContent));
        routes.put("/not-modified", Route.get(DemoRoutes::notModified));
        routes.put("/abort", Route.get(DemoRoutes::abort));
        routes.put(
                "/crash",
                Route.any((request, response, callback) -> crash(settings.allowCrash(), request, response, callback)));
        return routes;
    }

    private static void fact(Request request, Response response, Callback callback) throws IOException {
        Facts.Fact fact = Facts.any();
        Answers.json(
                json -> {
                    json.writeNumberField("number", fact.number());
                    json.writeStringField("fact", fact.text());
                },
                response,
                callback);
    }

    private static void headers(Request request, Response response, Callback callback) throws IOException {
        Answers.json(
                json -> {
                    json.writeStringField("method", request.getMethod());
                    json.writeStringField("path", request.getHttpURI().getPath());
                    json.writeStringField("query", request.getHttpURI().getQuery());
                    json.writeStringField(
                            "protocol", request.getConnectionMetaData().getProtocol());
                    json.writeArrayFieldStart("headers");
                    for (HttpField field : request.getHeaders()) {
                        json.writeStartObject();
                        json.writeStringField("name", field.getName());
                        json.writeStringField("value", field.getValue());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                },
                response,
                callback);
    }

    private static void oddStatus(Request request, Response response, Callback callback) throws BadQueryException {
        int status = Query.number(request, "status", ODD_STATUS, 200, 999);
        if (HttpStatus.hasNoBody(status)) {
            response.setStatus(status);
            callback.succeeded();
        } else {
            Answers.text(status, "status " + status + "\n", response, callback);
        }
    }

    private static void earlyHints(Request request, Response response, Callback callback) {
        HttpFields hints = HttpFields.build().put(HttpHeader.LINK, "<" + IMAGE + ">; rel=preload; as=image");
        CompletableFuture<Void> unused = response.writeInterim(HttpStatus.EARLY_HINTS_103, hints)
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        Answers.text(HttpStatus.OK_200, "hints came before this\n", response, callback);
                    } else {
                        callback.failed(failure);
                    }
                });
    }

    private static void noContent(Request request, Response response, Callback callback) {
        response.setStatus(HttpStatus.NO_CONTENT_204);
        callback.succeeded();
    }

    private static void notModified(Request request, Response response, Callback callback) {
        response.setStatus(HttpStatus.NOT_MODIFIED_304);
        response.getHeaders().put(HttpHeader.ETAG, "\"never-changes\"");
        callback.succeeded();
    }

    private static void abort(Request request, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, ABORTED_BYTES);
        ByteBuffer half = ByteBuffer.wrap("x".repeat(ABORTED_BYTES / 2).getBytes(StandardCharsets.US_ASCII));
        response.write(
                false,
                half,
                Callback.from(
                        () -> {
                            request.getConnectionMetaData()
                                    .getConnection()
                                    .getEndPoint()
                                    .close();
                            callback.failed(new EofException("broken off halfway, as asked"));
                        },
                        callback::failed));
    }

    private static void crash(boolean allowed, Request request, Response response, Callback callback)
            throws BadQueryException {
        int code = Query.number(request, "code", 1, 0, 255);
        if (!allowed) {
            Answers.text(HttpStatus.FORBIDDEN_403, "DEMO_ALLOW_CRASH is not true\n", response, callback);
        } else {
            Runtime.getRuntime().halt(code);
        }
    }

    private static void page(String resource, Response response, Callback callback) throws IOException {
        Answers.bytes(HttpStatus.OK_200, "text/html;charset=utf-8", read(resource), response, callback);
    }

    private static void image(Request request, Response response, Callback callback) throws IOException {
        Answers.bytes(HttpStatus.OK_200, "image/jpeg", ImageBytes.get(), response, callback);
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream input = DemoRoutes.class.getResourceAsStream(resource)) {
            if (input == null) {
                throw new IOException("not in the app: " + resource);
            }
            return input.readAllBytes();
        }
    }

    /** The image stays in memory from its first request on. */
    private static final class ImageBytes {
        private static volatile byte[] bytes;

        static byte[] get() throws IOException {
            byte[] present = bytes;
            if (present == null) {
                present = read(IMAGE);
                bytes = present;
            }
            return present;
        }
    }
}
