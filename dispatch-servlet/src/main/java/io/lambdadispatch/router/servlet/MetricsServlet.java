package io.lambdadispatch.router.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The router's figures for Prometheus, on control ports only: on users' ports the path is the app's, like any other. */
final class MetricsServlet extends HttpServlet {
    static final String PATH = "/metrics";
    static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private static final long serialVersionUID = 1L;

    private final transient Router router;
    private final transient FrontDoorServlet frontDoor;

    MetricsServlet(Router router, FrontDoorServlet frontDoor) {
        this.router = router;
        this.frontDoor = frontDoor;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (router.isControlPort(request.getLocalPort())) {
            super.service(request, response);
        } else {
            frontDoor.service(request, response);
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        LongAnswer.send(request, response, PROMETHEUS_TEXT, router.figures());
    }
}
