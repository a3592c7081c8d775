package io.lambdadispatch.router.servlet;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.HeadTooLargeException;
import io.lambdadispatch.protocol.ProtocolException;
import io.lambdadispatch.router.relay.Exchange;
import io.lambdadispatch.router.relay.RequestRecord;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Where users' requests enter. Each is taken in at once and answered later; no thread waits for it. */
final class FrontDoorServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** What lies below is between router and instance: no user's request for it reaches a channel. */
    private static final String RESERVED =
            ControlPath.GOAWAY_TARGET.substring(0, ControlPath.GOAWAY_TARGET.lastIndexOf('/') + 1);

    private static final int REQUEST_HEADER_FIELDS_TOO_LARGE = 431;

    /** Pools come and go, but not by the second. */
    private static final String RETRY_AFTER_SECONDS = "10";

    private final transient Router router;
    private final transient AdminServlet admin;

    FrontDoorServlet(Router router, AdminServlet admin) {
        this.router = router;
        this.admin = admin;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (router.isAdminPort(request.getLocalPort())) {
            admin.service(request, response);
            return;
        }
        if (router.isControlPort(request.getLocalPort())) {
            PlainAnswer.send(response, HttpServletResponse.SC_NOT_FOUND, "Not found.");
            return;
        }
        if (request.getRequestURI().startsWith(RESERVED)) {
            refuse(request, response, HttpServletResponse.SC_NOT_FOUND, "Not found.");
            return;
        }
        PoolChoice choice = PoolChoice.of(request, router.config(), router.pools());
        if (choice.isRefused()) {
            if (choice.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
                response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
            }
            refuse(request, response, choice.status(), choice.message());
            return;
        }
        try {
            Exchange.begin(choice.pool(), router.container(), request, response, router.relaySettings());
        } catch (HeadTooLargeException e) {
            refuse(request, response, REQUEST_HEADER_FIELDS_TOO_LARGE, "The request's head is too large.");
        } catch (ProtocolException e) {
            refuse(request, response, HttpServletResponse.SC_BAD_REQUEST, "Bad request: " + e.getMessage());
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, int status, String message)
            throws IOException {
        router.closeIfLeaving(request, response);
        PlainAnswer.send(response, status, message);
        RequestRecord.rejected(request, status, router.relaySettings().listener());
    }
}
