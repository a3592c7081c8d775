package io.lambdadispatch.demo;

import java.util.List;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * One path of the demo app.
 *
 * @param methods those that it takes; HEAD goes wherever GET goes
 * @param action answers a request
 */
record Route(List<String> methods, Action action) {
    /** Answers a request without blocking and ends {@code callback} once. */
    @FunctionalInterface
    interface Action {
        void answer(Request request, Response response, Callback callback) throws Exception;
    }

    static Route get(Action action) {
        return new Route(List.of("GET", "HEAD"), action);
    }

    static Route any(Action action) {
        return new Route(List.of(), action);
    }

    static Route withBody(Action action) {
        return new Route(List.of("POST", "PUT", "PATCH", "GET", "DELETE", "HEAD"), action);
    }

    boolean takes(String method) {
        return methods.isEmpty() || methods.contains(method);
    }
}
