package io.lambdadispatch.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The demo app. It listens on {@code LAMBDA_DISPATCH_PORT}, or else {@code PORT}, or else 3001, on 127.0.0.1. No request
 * holds a thread. Safe for use by threads.
 */
public final class DemoApp implements AutoCloseable {
    private static final int HEAD_BYTES = 32 * 1024;
    private static final int MAX_THREADS = 8;

    private final Server server;
    private final ServerConnector connector;

    private DemoApp(DemoSettings settings) {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
        threads.setName("demo-app");
        server = new Server(threads);
        server.setDynamic(false);
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(HEAD_BYTES);
        http.setResponseHeaderSize(HEAD_BYTES);
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        // Whatever path a user can send must get here.
        http.setUriCompliance(UriCompliance.UNSAFE);
        connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(settings.port());
        connector.setIdleTimeout(Duration.ofMinutes(15).toMillis());
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.setHandler(new DemoHandler(DemoRoutes.all(settings)));
    }

    /**
     * Starts it; it takes requests when this returns.
     *
     * @throws IOException when its port is taken
     */
    public static DemoApp start(DemoSettings settings) throws IOException {
        DemoApp app = new DemoApp(settings);
        try {
            app.server.start();
            return app;
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the demo app did not start", e);
        }
    }

    /** The port that it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Stops it; requests in flight are broken off. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the demo app did not stop", e);
        }
    }

    /** Runs until the process is ended. Exit status 2 for bad settings, 1 when it cannot start. */
    public static void main(String[] args) {
        Map<String, String> environment = System.getenv();
        try {
            DemoApp app = start(DemoSettings.from(environment));
            System.out.println("demo app listens on http://127.0.0.1:" + app.port());
        } catch (IllegalArgumentException e) {
            System.err.println("demo app: " + e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            System.err.println("demo app cannot start: " + e.getMessage());
            System.exit(1);
        }
    }
}
