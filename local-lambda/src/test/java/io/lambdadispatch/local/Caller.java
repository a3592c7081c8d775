package io.lambdadispatch.local;

import io.lambdadispatch.testkit.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Invokes functions with plain HTTP, so that tests see every header. */
final class Caller {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI url;

    Caller(URI url) {
        this.url = url;
    }

    CompletableFuture<HttpResponse<String>> start(String function, String payload, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        url + "/2015-03-31/functions/" + function.replaceFirst("([^?]*)(.*)", "$1/invocations$2")))
                .POST(HttpRequest.BodyPublishers.ofString(payload));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> invoke(String function, String payload, String... headers) throws Exception {
        return result(start(function, payload, headers));
    }

    HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(url.resolve(path)).build();
        return result(CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }

    HttpResponse<String> post(String path) throws Exception {
        return send("POST", path, "");
    }

    HttpResponse<String> send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return result(CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }

    static <T> T result(CompletableFuture<T> future) throws Exception {
        return future.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse(null);
    }
}
