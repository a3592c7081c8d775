package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.engine.Pools;
import java.io.IOException;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The router's servlets in an embedded Jetty that is set up as by our module for it. */
final class JettyWarHost implements RouterHost {
    private static final int IDLE_MS = (int) Duration.ofMinutes(16).toMillis();
    private static final int QUEUE = 1_024;
    private static final int OWN_FIELDS_BYTES = 1024;
    private static final int STREAM_WINDOW_BYTES = 1024 * 1024;
    private static final int USER_STREAMS = 1_000;
    private static final int USER_WINDOW_BYTES = 128 * STREAM_WINDOW_BYTES;
    private static final int USER_EVENTS_PER_SECOND = 100_000;
    private static final int CHANNEL_STREAMS = 1_024;
    private static final int CHANNELS_WINDOW_BYTES = 512 * STREAM_WINDOW_BYTES;

    private final Server server = new Server();
    private final ServerConnector users;
    private final WarRouter router;

    JettyWarHost(RouterConfig config) throws Exception {
        users = open(config, forUsers(config));
        ServerConnector instances = open(config, forInstances(config));
        router = new WarRouter(config, instances.getLocalPort());
        ServletContextHandler context = new ServletContextHandler("/");
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        context.addServletContainerInitializer((classes, servletContext) -> router.mount(servletContext));
        server.setHandler(context);
        server.start();
    }

    private static HTTP2CServerConnectionFactory forUsers(RouterConfig config) {
        HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(http(config));
        http2.setMaxConcurrentStreams(USER_STREAMS);
        http2.setInitialStreamRecvWindow(STREAM_WINDOW_BYTES);
        http2.setInitialSessionRecvWindow(USER_WINDOW_BYTES);
        http2.setRateControlFactory(new WindowRateControl.Factory(USER_EVENTS_PER_SECOND));
        return http2;
    }

    private static HTTP2CServerConnectionFactory forInstances(RouterConfig config) {
        HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(http(config));
        http2.setMaxConcurrentStreams(CHANNEL_STREAMS);
        http2.setStreamIdleTimeout(IDLE_MS);
        http2.setInitialStreamRecvWindow(STREAM_WINDOW_BYTES);
        http2.setInitialSessionRecvWindow(CHANNELS_WINDOW_BYTES);
        http2.setRateControlFactory(new WindowRateControl.Factory(Integer.MAX_VALUE));
        return http2;
    }

    private static HttpConfiguration http(RouterConfig config) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(config.requests().maxHeadBytes());
        http.setResponseHeaderSize(config.requests().maxHeadBytes() + OWN_FIELDS_BYTES);
        http.setMaxResponseHeaderSize(config.requests().maxHeadBytes() + OWN_FIELDS_BYTES);
        http.setHeaderCacheSize(0);
        http.setUriCompliance(UriCompliance.UNSAFE);
        return http;
    }

    /** At once, so that the port is known before the router is put together; nothing is accepted before the start. */
    private ServerConnector open(RouterConfig config, HTTP2CServerConnectionFactory http2) throws IOException {
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http(config)), http2);
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(QUEUE);
        connector.setIdleTimeout(IDLE_MS);
        connector.open();
        server.addConnector(connector);
        return connector;
    }

    @Override
    public int usersPort() {
        return users.getLocalPort();
    }

    @Override
    public Pools pools() {
        return router.router().pools();
    }

    @Override
    public void stop() throws Exception {
        server.stop();
        router.close();
    }
}
