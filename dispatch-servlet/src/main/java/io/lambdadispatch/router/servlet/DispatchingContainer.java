package io.lambdadispatch.router.servlet;

import io.lambdadispatch.router.relay.Container;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;

/**
 * Tomcat, and any container of which nothing more is known than the Servlet specification. Tomcat closes a request's input
 * together with its response's output, and completes by flushing on the caller's thread. The specification knows no way to
 * abort a response that has begun, except that a servlet throws: {@link AbortServlet}.
 */
final class DispatchingContainer implements Container {
    @Override
    public boolean closesOutputEarly() {
        return false;
    }

    @Override
    public boolean resetEndsNonBlocking() {
        return true;
    }

    @Override
    public boolean completesWithoutBlocking() {
        return false;
    }

    /** Tomcat gives it back only where more is to come. */
    @Override
    public boolean keepsUnread(ServletRequest request) {
        return TomcatStream.isInputWhole(request);
    }

    /** Tomcat may take a body for ended, promise nothing, and then find that it was not. */
    @Override
    public boolean mayForgetToTell() {
        return true;
    }

    @Override
    public void tellOfUnread(ServletRequest request) {
        TomcatStream.tellOfUnread(request);
    }

    @Override
    public boolean isReset(ServletRequest request) {
        return TomcatStream.isReset(request);
    }

    @Override
    public boolean isGone(ServletRequest request) {
        return TomcatStream.isReset(request) || TomcatStream.isConnectionClosed(request);
    }

    @Override
    public boolean isConnectionLost(ServletRequest request, Throwable failure) {
        return TomcatStream.isConnectionClosed(request);
    }

    @Override
    public void abort(AsyncContext context) {
        try {
            if (!TomcatStream.failsAtRest(context.getRequest())) {
                context.dispatch(AbortServlet.PATH);
            }
        } catch (RuntimeException e) {
            // It is over already; or the application is being stopped, and nothing can be dispatched to it any more.
            complete(context);
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
