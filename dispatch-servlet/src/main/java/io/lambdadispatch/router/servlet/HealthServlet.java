package io.lambdadispatch.router.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Tells load balancers whether to send users here: {@code 200} while the router serves, {@code 503} once it is leaving. On
 * control ports operators are told more, see {@link HealthReport}.
 */
final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Router router;
    private final transient AdminServlet admin;

    HealthServlet(Router router, AdminServlet admin) {
        this.router = router;
        this.admin = admin;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (router.isAdminPort(request.getLocalPort())) {
            admin.service(request, response);
        } else {
            router.closeIfLeaving(request, response);
            super.service(request, response);
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-store");
        if (router.isControlPort(request.getLocalPort())) {
            response.setStatus(
                    router.isLeaving() ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_OK);
            String report = HealthReport.of(router.isLeaving(), router.pools().all());
            LongAnswer.send(request, response, "application/json", report);
        } else if (router.isLeaving()) {
            PlainAnswer.send(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Leaving");
        } else {
            PlainAnswer.send(response, HttpServletResponse.SC_OK, "OK");
        }
    }
}
