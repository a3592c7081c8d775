package io.lambdadispatch.router.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * All that there is on operators' port: health, readiness, figures, state, console. Nothing of it is the app's, and nothing is on
 * users' ports.
 */
final class AdminServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String JSON = "application/json";

    private final transient Router router;
    private final transient Console console;
    private final boolean isLocal;

    AdminServlet(Router router, Console console) {
        this.router = router;
        this.console = console;
        this.isLocal = router.config().admin().isLocal();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        response.setHeader("Cache-Control", "no-store");
        if (mayAsk(request)) {
            super.service(request, response);
        } else {
            PlainAnswer.send(response, HttpServletResponse.SC_FORBIDDEN, "Host: not by this name.");
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getRequestURI()) {
            case "/health" ->
                LongAnswer.send(
                        request,
                        response,
                        JSON,
                        HealthReport.of(router.isLeaving(), router.pools().all()));
            case "/ready" -> ready(request, response);
            case MetricsServlet.PATH ->
                LongAnswer.send(request, response, MetricsServlet.PROMETHEUS_TEXT, router.figures());
            case "/state" -> LongAnswer.send(request, response, JSON, router.state());
            default -> {
                if (!console.get(request, response)) {
                    PlainAnswer.send(response, HttpServletResponse.SC_NOT_FOUND, "Not found.");
                }
            }
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (request.getRequestURI().equals(Console.DRAIN)) {
            console.drain(request, response);
        } else {
            super.doPost(request, response);
        }
    }

    private void ready(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Readiness readiness = Readiness.of(router.isLeaving(), router.pools().defaultPool());
        response.setStatus(
                readiness.isReady() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        LongAnswer.send(request, response, JSON, readiness.toJson());
    }

    /**
     * A port that only this machine reaches is reached by its browsers too, and a page from anywhere may have given this machine's
     * address another name, to read what is here: only names that no foreign page can have are answered.
     */
    private boolean mayAsk(HttpServletRequest request) {
        return !isLocal || Asker.namesAnAddress(request);
    }
}
