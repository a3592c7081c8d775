package io.lambdadispatch.router.servlet.war;

import io.lambdadispatch.router.servlet.ServletEnd;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;

/** Jetty 12: outputs close early, completion is asynchronous, and {@code sendError(-1)} is its quiet way to abort. */
final class JettyServletEnd extends ServletEnd {
    private static final int ABORT = -1;

    /** How the failures begin that concern one stream: its peer reset it, or it was written to although it is reset. */
    private static final List<String> OF_ONE_STREAM = List.of("Reset ", "reset", "dropped");

    JettyServletEnd(HttpServletRequest request, HttpServletResponse response) throws IOException {
        super(request, response);
    }

    @Override
    public boolean halfCloses() {
        return true;
    }

    @Override
    protected boolean completesWithoutBlocking() {
        return true;
    }

    @Override
    protected boolean mayForgetToTell() {
        return false;
    }

    /** Jetty's inputs throw. */
    @Override
    protected boolean isReset() {
        return false;
    }

    /** Jetty gives it back. */
    @Override
    protected boolean keepsUnread() {
        return false;
    }

    /** Jetty reports both as the end of the input; only the words differ. */
    @Override
    public boolean isConnectionLost(Throwable failure) {
        if (!(failure instanceof EOFException)) {
            return failure instanceof ClosedChannelException;
        }
        String words = failure.getMessage();
        return words == null || OF_ONE_STREAM.stream().noneMatch(words::startsWith);
    }

    @Override
    public void lookAgain() {
        if (JettyStream.isGone(request())) {
            gone(new IOException("the peer has left without being noticed"));
        }
    }

    @Override
    protected void abort(AsyncContext aborted) {
        try {
            ((HttpServletResponse) aborted.getResponse()).sendError(ABORT);
            aborted.complete();
        } catch (IOException | RuntimeException e) {
            // It is over already, which Jetty tells in several ways, a NullPointerException from getResponse() among
            // them.
        }
    }
}
