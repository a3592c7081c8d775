package io.lambdadispatch.router.servlet;

import io.lambdadispatch.router.relay.Container;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;

/** Jetty 12: outputs close early, completion is asynchronous, and {@code sendError(-1)} is its quiet way to abort. */
final class JettyContainer implements Container {
    private static final int ABORT = -1;

    /** How the failures begin that concern one stream: its peer reset it, or it was written to although it is reset. */
    private static final List<String> OF_ONE_STREAM = List.of("Reset ", "reset", "dropped");

    @Override
    public boolean closesOutputEarly() {
        return true;
    }

    @Override
    public boolean resetEndsNonBlocking() {
        return false;
    }

    @Override
    public boolean completesWithoutBlocking() {
        return true;
    }

    /** Jetty gives it back. */
    @Override
    public boolean keepsUnread(ServletRequest request) {
        return false;
    }

    @Override
    public boolean mayForgetToTell() {
        return false;
    }

    /** Jetty forgets nothing. */
    @Override
    public void tellOfUnread(ServletRequest request) {}

    /** Jetty's inputs throw. */
    @Override
    public boolean isReset(ServletRequest request) {
        return false;
    }

    @Override
    public boolean isGone(ServletRequest request) {
        return JettyStream.isGone(request);
    }

    /** Jetty reports both as the end of the input; only the words differ. */
    @Override
    public boolean isConnectionLost(ServletRequest request, Throwable failure) {
        if (!(failure instanceof EOFException)) {
            return failure instanceof ClosedChannelException;
        }
        String words = failure.getMessage();
        return words == null || OF_ONE_STREAM.stream().noneMatch(words::startsWith);
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
