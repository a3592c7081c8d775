package io.lambdadispatch.demo;

import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Sends each request to its route and counts it. */
final class DemoHandler extends Handler.Abstract.NonBlocking {
    private final Map<String, Route> routes;

    DemoHandler(Map<String, Route> routes) {
        this.routes = routes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        RequestCounters.ALL.began();
        Request.addCompletionListener(request, failure -> RequestCounters.ALL.ended());
        Route route = routes.get(request.getHttpURI().getPath());
        if (route == null) {
            Answers.text(HttpStatus.NOT_FOUND_404, "no such route; see /\n", response, callback);
        } else if (!route.takes(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", route.methods()));
            Answers.text(HttpStatus.METHOD_NOT_ALLOWED_405, "method not allowed here\n", response, callback);
        } else {
            answer(route, request, response, callback);
        }
        return true;
    }

    private static void answer(Route route, Request request, Response response, Callback callback) throws Exception {
        try {
            route.action().answer(request, response, callback);
        } catch (BadQueryException e) {
            Answers.text(HttpStatus.BAD_REQUEST_400, e.getMessage() + "\n", response, callback);
        }
    }
}
