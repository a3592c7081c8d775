package io.lambdadispatch.router.servlet.war;

import io.lambdadispatch.router.servlet.ServletEnd;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Jetty 12: outputs close early, completion is asynchronous, and {@code sendError(-1)} is its quiet way to abort. */
final class JettyServletEnd extends ServletEnd {
    private static final int ABORT = -1;

    JettyServletEnd(HttpServletRequest request, HttpServletResponse response) throws IOException {
        super(request, response);
    }

    @Override
    public boolean halfCloses() {
        return true;
    }

    @Override
    protected boolean mayListen() {
        return true;
    }

    @Override
    protected boolean completesWithoutBlocking() {
        return true;
    }

    @Override
    protected boolean endsByReading() {
        return true;
    }

    @Override
    protected boolean sendsAtOnce() {
        return true;
    }

    @Override
    protected void write(ServletOutputStream output, ByteBuffer bytes) throws IOException {
        if (!JettyOutput.write(output, bytes)) {
            super.write(output, bytes);
        }
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

    @Override
    public boolean isConnectionLost(Throwable failure) {
        return JettyStream.isConnectionLost(request());
    }

    @Override
    public void lookAgain() {
        if (JettyStream.isGone(request())) {
            gone(new IOException("the peer has left without being noticed"));
        }
    }

    /** That alone completes it, too. */
    @Override
    protected void abort(AsyncContext aborted) {
        try {
            ((HttpServletResponse) aborted.getResponse()).sendError(ABORT);
        } catch (IOException | RuntimeException e) {
            // It is over already, which Jetty tells in several ways, a NullPointerException from getResponse() among
            // them.
        }
    }
}
