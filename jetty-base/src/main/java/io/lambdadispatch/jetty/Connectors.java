package io.lambdadispatch.jetty;

import io.lambdadispatch.router.config.RouterConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Makes the router's connectors, with limits and time-outs as channels and long answers need them. */
final class Connectors {
    /** Lambda's longest invoke and a little: a channel may be parked, or an answer silent, for as long as that. */
    private static final long IDLE_MS = Duration.ofMinutes(16).toMillis();

    /** Twice as fast for large bodies as 64 KB; and what a user who takes nothing may cost in memory. */
    private static final int STREAM_WINDOW_BYTES = 1024 * 1024;

    /**
     * All channels of an instance's connection may be held up by such users, and one more must not be; and Jetty gives back what was
     * taken only once it is half of the window.
     */
    private static final int CHANNELS_WINDOW_BYTES = 2 * 256 * STREAM_WINDOW_BYTES;

    /** What the uploads on one user's connection may cost in memory. */
    private static final int USER_WINDOW_BYTES = 128 * STREAM_WINDOW_BYTES;

    private static final int USER_STREAMS = 1_000;

    /**
     * Resets, and DATA of streams that were reset. Behind one connection may be a load balancer with all of its users: by Jetty's
     * default of 128, two uploads that fail with their instance would take everybody else on it along.
     */
    private static final int USER_EVENTS_PER_SECOND = 100_000;

    /** One instance opens at most 255 channels; a few instances share nothing, so this never binds. */
    private static final int CHANNEL_STREAMS = 1_024;

    /** What Jetty adds to a head that has reached its limit, a {@code Date} for one. */
    private static final int OWN_FIELDS_BYTES = 1024;

    private static final int BUFFER_BYTES = 32 * 1024;

    /**
     * What one read of an instance's connection may bring: a body's piece costs the same whatever its size. It is the biggest buffer that
     * Jetty's pool keeps; a bigger one would be allocated for each read.
     */
    private static final int CHANNEL_BUFFER_BYTES = 64 * 1024;

    private static final int FRAME_HEADER_BYTES = 9;

    private static final int INSTANCES_QUEUE = 1024;

    private final Server server;
    private final RouterConfig config;
    private final Threads threads;
    private final SslContextFactory.Server tls;
    private final UserConnectionLimit usersLimit;
    private final List<UsersConnector> users = new ArrayList<>();

    /**
     * @param tls {@code null} when no port speaks TLS
     */
    Connectors(Server server, RouterConfig config, Threads threads, SslContextFactory.Server tls) {
        this.server = server;
        this.config = config;
        this.threads = threads;
        this.tls = tls;
        this.usersLimit = new UserConnectionLimit(config.listen().maxUserConnections());
    }

    ServerConnector usersHttp(int port) throws IOException {
        HttpConfiguration http = http();
        return openForUsers(port, List.of(http1(http), users(new HTTP2CServerConnectionFactory(http))));
    }

    ServerConnector usersHttps(int port) throws IOException {
        HttpConfiguration http = https();
        return openForUsers(port, secure(users(new HTTP2ServerConnectionFactory(http)), http1(http)));
    }

    ServerConnector controlHttp(int port) throws IOException {
        HttpConfiguration http = http();
        return open(port, List.of(new HttpConnectionFactory(http), control(new HTTP2CServerConnectionFactory(http))));
    }

    ServerConnector controlHttps(int port) throws IOException {
        HttpConfiguration http = https();
        return open(port, secure(control(new HTTP2ServerConnectionFactory(http)), new HttpConnectionFactory(http)));
    }

    /** One selector is plenty for people. */
    ServerConnector admin(int port) throws IOException {
        int acceptors = 0;
        int selectors = 1;
        ServerConnector connector =
                new ServerConnector(server, null, null, null, acceptors, selectors, new HttpConnectionFactory(http()));
        return open(connector, config.admin().bindAddress(), port);
    }

    /** The users' ports opened so far. */
    UsersPorts users() {
        return new UsersPorts(users);
    }

    private static ConnectionFactory http1(HttpConfiguration http) {
        UserConnectionFactory factory = new UserConnectionFactory(http);
        factory.setInputBufferSize(BUFFER_BYTES);
        return factory;
    }

    private HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(config.requests().maxHeadBytes());
        http.setResponseHeaderSize(config.requests().maxHeadBytes() + OWN_FIELDS_BYTES);
        http.setMaxResponseHeaderSize(config.requests().maxHeadBytes() + OWN_FIELDS_BYTES);
        http.setOutputBufferSize(BUFFER_BYTES);
        // The app judges paths, not its router: whatever a user asked for reaches it unchanged.
        http.setUriCompliance(UriCompliance.UNSAFE);
        http.setIdleTimeout(IDLE_MS);
        // By default each connection of HTTP/1.1 keeps 100 KB of fields that it has seen, from its second request on.
        http.setHeaderCacheSize(0);
        return http;
    }

    private HttpConfiguration https() {
        HttpConfiguration https = http();
        // Instances call back by address, so the name in the certificate says nothing; the pin does.
        https.addCustomizer(new SecureRequestCustomizer(false));
        return https;
    }

    private static <F extends AbstractHTTP2ServerConnectionFactory> F users(F http2) {
        http2.setMaxConcurrentStreams(USER_STREAMS);
        http2.setRateControlFactory(new WindowRateControl.Factory(USER_EVENTS_PER_SECOND));
        http2.setInitialSessionRecvWindow(USER_WINDOW_BYTES);
        return tuned(http2);
    }

    private static <F extends AbstractHTTP2ServerConnectionFactory> F control(F http2) {
        http2.setMaxConcurrentStreams(CHANNEL_STREAMS);
        // One channel is one stream is one request: an instance resets as many as its users leave.
        http2.setRateControlFactory(new RateControl.Factory() {});
        http2.setInitialSessionRecvWindow(CHANNELS_WINDOW_BYTES);
        http2.setMaxFrameSize(CHANNEL_BUFFER_BYTES - FRAME_HEADER_BYTES);
        http2.setInputBufferSize(CHANNEL_BUFFER_BYTES);
        return tuned(http2);
    }

    private static <F extends AbstractHTTP2ServerConnectionFactory> F tuned(F http2) {
        http2.setInitialStreamRecvWindow(STREAM_WINDOW_BYTES);
        http2.setStreamIdleTimeout(IDLE_MS);
        return http2;
    }

    private List<ConnectionFactory> secure(ConnectionFactory http2, ConnectionFactory http1) {
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        return new ArrayList<>(List.of(new SslConnectionFactory(tls, alpn.getProtocol()), alpn, http2, http1));
    }

    private ServerConnector openForUsers(int port, List<ConnectionFactory> factories) throws IOException {
        UsersConnector connector = new UsersConnector(
                server, usersLimit, threads.usersSelectors(), factories.toArray(ConnectionFactory[]::new));
        connector.setAcceptQueueSize(usersLimit.queue());
        users.add(connector);
        return open(connector, port);
    }

    private ServerConnector open(int port, List<ConnectionFactory> factories) throws IOException {
        TurnConnector connector = new TurnConnector(
                server, threads.instancesSelectors(), true, factories.toArray(ConnectionFactory[]::new));
        connector.setAcceptQueueSize(INSTANCES_QUEUE);
        return open(connector, port);
    }

    private ServerConnector open(ServerConnector connector, int port) throws IOException {
        return open(connector, config.listen().bindAddress(), port);
    }

    /** Opens at once, so that the port is known before the router is put together; nothing is accepted before the start. */
    private ServerConnector open(ServerConnector connector, String address, int port) throws IOException {
        connector.setHost(address);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MS);
        connector.open();
        server.addConnector(connector);
        return connector;
    }
}
