package io.lambdadispatch.router.servlet.war;

import io.lambdadispatch.router.servlet.ServletEnd;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Tomcat, and any container of which nothing more is known than the Servlet specification. Tomcat closes a request's input together with
 * its response's output, and completes by flushing on the caller's thread. The specification knows no way to abort a response that has
 * begun, except that a servlet throws: {@link AbortServlet}.
 */
final class DispatchingEnd extends ServletEnd {
    DispatchingEnd(HttpServletRequest request, HttpServletResponse response) throws IOException {
        super(request, response);
    }

    @Override
    public boolean halfCloses() {
        return false;
    }

    /**
     * Over HTTP/2, before Tomcat calls such a listener for the first time, it flushes the response; and that to {@code HEAD} is so sure to
     * have no body that it ends the stream there and then, without a head. To write a head may block in any case.
     */
    @Override
    protected boolean mayListen() {
        return head().isHttp1() || !"HEAD".equals(head().method());
    }

    @Override
    protected boolean completesWithoutBlocking() {
        return false;
    }

    @Override
    protected boolean endsByReading() {
        return false;
    }

    @Override
    protected boolean sendsAtOnce() {
        return false;
    }

    /** Tomcat may take a body for ended, promise nothing, and then find that it was not. */
    @Override
    protected boolean mayForgetToTell() {
        return true;
    }

    @Override
    protected boolean isReset() {
        return TomcatStream.isReset(request());
    }

    /** Tomcat gives it back only where more is to come. */
    @Override
    protected boolean keepsUnread() {
        return TomcatStream.isInputWhole(request());
    }

    @Override
    public boolean isConnectionLost(Throwable failure) {
        return TomcatStream.isConnectionClosed(request());
    }

    @Override
    public void lookAgain() {
        if (TomcatStream.isReset(request()) || TomcatStream.isConnectionClosed(request())) {
            gone(new IOException("the peer has left without being noticed"));
        } else {
            TomcatStream.tellOfUnread(request());
        }
    }

    @Override
    protected void abort(AsyncContext aborted) {
        try {
            if (!TomcatStream.failsAtRest(aborted.getRequest())) {
                aborted.dispatch(AbortServlet.PATH);
            }
        } catch (RuntimeException e) {
            // It is over already; or the application is being stopped, and nothing can be dispatched to it any more.
            complete(aborted);
        }
    }

    private static void complete(AsyncContext context) {
        try {
            context.complete();
        } catch (RuntimeException e) {
            // It is over already: there is nothing left to abort.
        }
    }
}
