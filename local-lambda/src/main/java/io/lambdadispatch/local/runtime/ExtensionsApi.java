package io.lambdadispatch.local.runtime;

import io.lambdadispatch.local.http.PayloadReader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The Extensions API, version 2020-01-01, as far as internal extensions without events need it.
 *
 * <p>Follows <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html">Using the Lambda Extensions
 * API</a>.
 */
final class ExtensionsApi {
    static final String ROOT = "/2020-01-01/extension/";
    private static final int MOST_BYTES = 64 * 1024;

    private ExtensionsApi() {}

    /** @param path below {@link #ROOT} */
    static void route(String path, Sandbox sandbox, Request request, Response response, Callback callback) {
        if (path.equals("register") && request.getMethod().equals("POST")) {
            PayloadReader.read(request, MOST_BYTES, callback, body -> register(sandbox, request, response)
                    .send(response, callback));
        } else if (path.equals("event/next") && request.getMethod().equals("GET")) {
            String identifier = request.getHeaders().get("Lambda-Extension-Identifier");
            if (!sandbox.extensionAsks(identifier, new NextPoll(request, response, callback))) {
                RuntimeApiAnswer.forbidden("Extension.UnknownExtensionIdentifier", "Unknown extension " + identifier)
                        .send(response, callback);
            }
        } else {
            RuntimeApiAnswer.notFound().send(response, callback);
        }
    }

    private static RuntimeApiAnswer register(Sandbox sandbox, Request request, Response response) {
        String name = request.getHeaders().get("Lambda-Extension-Name");
        if (name == null || name.isBlank()) {
            return RuntimeApiAnswer.forbidden("Extension.InvalidExtensionName", "Lambda-Extension-Name is missing");
        }
        return sandbox.registerExtension()
                .map(identifier -> {
                    response.getHeaders().put("Lambda-Extension-Identifier", identifier);
                    return RuntimeApiAnswer.registered(sandbox.functionName());
                })
                .orElseGet(() -> RuntimeApiAnswer.forbidden("Extension.InvalidState", "the init phase is over"));
    }
}
