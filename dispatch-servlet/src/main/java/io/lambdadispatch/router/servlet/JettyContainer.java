package io.lambdadispatch.router.servlet;

import io.lambdadispatch.router.relay.Container;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;

/** Jetty 12: outputs close early, completion is asynchronous, and {@code sendError(-1)} is its quiet way to abort. */
final class JettyContainer implements Container {
    private static final int ABORT = -1;
    private static final String STREAM_RESET = "Reset ";

    @Override
    public boolean closesOutputEarly() {
        return true;
    }

    @Override
    public boolean completesWithoutBlocking() {
        return true;
    }

    /** Jetty reports both as the end of the input, and names only a stream's own reset. */
    @Override
    public boolean isConnectionLost(Throwable failure) {
        return failure instanceof EOFException
                && (failure.getMessage() == null || !failure.getMessage().startsWith(STREAM_RESET));
    }

    @Override
    public void abort(AsyncContext context) {
        try {
            ((HttpServletResponse) context.getResponse()).sendError(ABORT);
            context.complete();
        } catch (IOException | RuntimeException e) {
            // It is over already, which Jetty tells in several ways, a NullPointerException from getResponse() among
            // them.
        }
    }
}
