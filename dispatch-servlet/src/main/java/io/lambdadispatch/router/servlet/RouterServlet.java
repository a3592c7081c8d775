package io.lambdadispatch.router.servlet;

import io.lambdadispatch.router.assembly.Router;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Lets every request into the router, by the port that it has come to. Each is taken in at once and answered later. */
public final class RouterServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Router router;
    private final transient EndFactory ends;

    /** For one kind of container. */
    public RouterServlet(Router router, EndFactory ends) {
        this.router = router;
        this.ends = ends;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int port = request.getLocalPort();
        ServletEnd end = ends.begin(request, response);
        end.begin();
        router.enter(port, end);
    }
}
