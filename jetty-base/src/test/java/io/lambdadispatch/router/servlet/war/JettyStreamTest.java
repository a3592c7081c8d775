package io.lambdadispatch.router.servlet.war;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.H2User;
import io.lambdadispatch.testkit.Await;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** In a Jetty that is not ours: without our own handler. */
class JettyStreamTest {
    private final CompletableFuture<HttpServletRequest> request = new CompletableFuture<>();

    private Server jetty() throws Exception {
        Server server = new Server();
        HttpConfiguration http = new HttpConfiguration();
        ServerConnector connector =
                new ServerConnector(server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest taken, HttpServletResponse response) {
                taken.startAsync().setTimeout(0);
                request.complete(new HttpServletRequestWrapper(taken));
            }
        });
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        server.setHandler(context);
        server.start();
        return server;
    }

    @Test
    void aStreamThatWasResetIsGone() throws Exception {
        Server server = jetty();
        int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        try (H2User user = H2User.h2c(port)) {
            H2Stream stream = user.get("/");
            HttpServletRequest waiting = request.get();
            assertFalse(JettyStream.isGone(waiting));
            stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
            Await.until("it is gone", () -> JettyStream.isGone(waiting));
        } finally {
            server.stop();
        }
    }
}
