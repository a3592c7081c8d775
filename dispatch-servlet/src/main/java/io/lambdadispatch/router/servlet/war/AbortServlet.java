package io.lambdadispatch.router.servlet.war;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.Optional;

/** Fails the exchange that was dispatched to it, so that its peer sees a reset or a connection cut short. */
final class AbortServlet extends HttpServlet {
    static final String PATH = "/_lambda_dispatch/abort";

    private static final long serialVersionUID = 1L;

    /** What Tomcat takes as an order to close, and does not log; absent elsewhere. */
    private static final Optional<Constructor<?>> CLOSE_NOW = closeNow();

    private static Optional<Constructor<?>> closeNow() {
        try {
            return Optional.of(
                    Class.forName("org.apache.coyote.CloseNowException").getConstructor());
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() != DispatcherType.ASYNC) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        IOException failure = failure();
        TomcatStream.sendNothingMore(request, failure);
        throw failure;
    }

    private static IOException failure() {
        try {
            if (CLOSE_NOW.isPresent() && CLOSE_NOW.get().newInstance() instanceof IOException failure) {
                return failure;
            }
        } catch (ReflectiveOperationException e) {
            // Then any other exception will do; it is logged, that is all.
        }
        return new IOException("exchange aborted");
    }
}
