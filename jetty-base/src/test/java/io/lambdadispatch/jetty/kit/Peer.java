package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.testkit.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP/2 connections to the router; one client for all tests, so that starting it costs once. */
public final class Peer {
    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

    /** Bytes that a stream has room for. Small, so that backpressure shows soon. */
    public static final int STREAM_WINDOW = 256 * 1024;

    private static final HTTP2Client CLIENT = start();
    private static final SslContextFactory.Client TRUSTING = trusting();

    private Peer() {}

    private static HTTP2Client start() {
        QueuedThreadPool threads = new QueuedThreadPool(16);
        threads.setName(KitThreads.PREFIX + "h2");
        threads.setDaemon(true);
        ClientConnector connector = new ClientConnector();
        connector.setExecutor(threads);
        connector.setSelectors(1);
        HTTP2Client client = new HTTP2Client(connector);
        client.setInitialStreamRecvWindow(STREAM_WINDOW);
        client.setInitialSessionRecvWindow(64 * 1024 * 1024);
        client.setIdleTimeout(-1);
        client.setStreamIdleTimeout(-1);
        client.setMaxRequestHeadersSize(256 * 1024);
        client.setMaxResponseHeadersSize(256 * 1024);
        try {
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return client;
    }

    private static SslContextFactory.Client trusting() {
        SslContextFactory.Client factory = new SslContextFactory.Client(true);
        factory.setEndpointIdentificationAlgorithm(null);
        try {
            factory.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return factory;
    }

    /** Returns when the router's settings are in. */
    static Session connect(int port, boolean tls, Listener listener) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Session session =
                Await.value(tls ? CLIENT.connect(TRUSTING, address, listener) : CLIENT.connect(address, listener));
        Await.value(listener.settled);
        return session;
    }

    /**
     * Knows when the router's settings are in, and tells in the log why a connection has ended. A stream that is opened at the very moment when they come gets the difference of
     * both initial windows twice in this client (Jetty 12.1), sends more than it may, and costs the whole connection.
     */
    static class Listener implements Session.Listener {
        private final CompletableFuture<Void> settled = new CompletableFuture<>();

        @Override
        public void onSettings(Session session, SettingsFrame frame) {
            settled.complete(null);
        }

        @Override
        public void onGoAway(Session session, GoAwayFrame frame) {
            LOG.info("the router ends a connection: {} {}", frame, frame.tryConvertPayload());
        }

        @Override
        public void onFailure(Session session, Throwable failure, Callback callback) {
            LOG.info("a connection to the router has failed: {}", failure.toString());
            callback.succeeded();
        }
    }
}
