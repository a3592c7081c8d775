package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.lambdadispatch.protocol.ControlPath;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.http2.ssl.H2ServerTlsStrategy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.ListenerEndpoint;

/** A small real router for tests: it parks channels, and does in them what the test says. */
final class ScriptedRouter implements AutoCloseable {
    /** How it answers; to be set before the invoke. */
    static final class Script {
        volatile int channelStatus = 200;
        volatile int pingStatus = 200;
        volatile int closeStatus = 200;
        volatile boolean framesBodies;
        volatile boolean reusesChannels;
        volatile boolean answersClose = true;
    }

    final Script script = new Script();

    /** The latest invoke's id. */
    volatile String instance;

    final List<HttpRequest> controlRequests = new CopyOnWriteArrayList<>();
    final BlockingQueue<HttpRequest> closes = new LinkedBlockingQueue<>();
    private final BlockingQueue<RouterChannel> parked = new LinkedBlockingQueue<>();
    private final HttpAsyncServer server;
    private final int port;
    private final String scheme;

    ScriptedRouter() throws Exception {
        this(null, 128);
    }

    ScriptedRouter(SSLContext tls, int maxConcurrentStreams) throws Exception {
        this(tls, maxConcurrentStreams, "TLSv1.3");
    }

    /** @param tlsVersion the only one that it speaks */
    ScriptedRouter(SSLContext tls, int maxConcurrentStreams, String tlsVersion) throws Exception {
        H2ServerBootstrap bootstrap = H2ServerBootstrap.bootstrap()
                .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build())
                .setH2Config(H2Config.custom()
                        .setPushEnabled(false)
                        .setMaxConcurrentStreams(maxConcurrentStreams)
                        .setInitialWindowSize(256 * 1024)
                        .build())
                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_2)
                .setHttpProcessor(HttpProcessorBuilder.create().build())
                .setRequestRouter((request, context) -> () -> new RouterChannel(this));
        if (tls != null) {
            bootstrap.setTlsStrategy(new H2ServerTlsStrategy(
                    tls, (endpoint, engine) -> engine.setEnabledProtocols(new String[] {tlsVersion}), null));
        }
        scheme = tls == null ? "http" : "https";
        server = bootstrap.create();
        server.start();
        ListenerEndpoint endpoint = server.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        tls == null ? URIScheme.HTTP : URIScheme.HTTPS)
                .get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
        port = ((InetSocketAddress) endpoint.getAddress()).getPort();
    }

    String url() {
        return scheme + "://127.0.0.1:" + port + ControlPath.PREFIX;
    }

    /** How many channels the invokes have opened so far. */
    long channelsOpened() {
        return controlRequests.stream()
                .filter(request -> request.getMethod().equals("POST"))
                .count();
    }

    void park(RouterChannel channel) {
        parked.add(channel);
    }

    /** The next channel of the latest invoke; those that an earlier one left behind are passed over. */
    RouterChannel nextChannel() throws InterruptedException {
        RouterChannel channel;
        do {
            channel = parked.poll(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertNotNull(channel, "no channel came");
        } while (instance != null && !channel.request.getPath().contains('/' + instance + '/'));
        return channel;
    }

    /** Whether a channel is parked that nobody has asked for yet; gives one that is on its way a moment. */
    boolean hasNextChannel() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(300);
        return !parked.isEmpty();
    }

    /** Says on each connection that it takes no new streams, and lets those that are open come to their end. */
    void goAwayInOrder() {
        server.initiateShutdown();
    }

    /** Ends all connections at once, without a word. */
    void vanish() {
        server.close(CloseMode.IMMEDIATE);
    }

    @Override
    public void close() {
        vanish();
    }
}
