package io.lambdadispatch.jetty;

import io.lambdadispatch.router.assembly.Ports;
import io.lambdadispatch.router.assembly.Router;
import io.lambdadispatch.router.assembly.RouterAssembly;
import io.lambdadispatch.router.assembly.Unfinished;
import io.lambdadispatch.router.config.ListenSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.config.Scheme;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.OptionalInt;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The standalone router as an object: started with its configuration, shut down in order. */
public final class RouterServer {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    private final Server server;
    private final Ports ports;
    private final RouterAssembly assembly;

    private RouterServer(RouterConfig config) throws Exception {
        ListenSettings listen = config.listen();
        Threads threads =
                Threads.of(listen.maxWorkerThreads(), Runtime.getRuntime().availableProcessors());
        this.server = new Server(new QueuedThreadPool(threads.most()));
        boolean speaksTls =
                listen.usersHttpsPort().isPresent() || listen.controlHttpsPort().isPresent();
        TlsIdentity identity = speaksTls ? TlsIdentity.of(listen.tlsKeyStore()) : null;
        Connectors connectors =
                new Connectors(server, config, threads, speaksTls ? identity.sslContextFactory() : null);
        this.ports = open(config, connectors);
        boolean isPinned = config.controlChannel().preferredScheme() == Scheme.HTTPS;
        this.assembly =
                new RouterAssembly(config, ports, isPinned ? identity.certificateSha256() : null, connectors.users());
        server.setHandler(new RouterHandler(assembly.router()));
    }

    /**
     * Opens what a router needs and goes no further: its kernel takes in connections, nobody serves them. To be stopped.
     *
     * @throws io.lambdadispatch.router.config.ConfigException when the configuration turns out to be unusable here
     * @throws IOException when a port is taken
     */
    static RouterServer prepare(RouterConfig config) throws Exception {
        return new RouterServer(config);
    }

    /**
     * Starts a router; when this returns, it serves.
     *
     * @throws io.lambdadispatch.router.config.ConfigException when the configuration turns out to be unusable here
     * @throws Exception when it cannot start otherwise, such as when a port is taken
     */
    public static RouterServer start(RouterConfig config) throws Exception {
        config.warnings().forEach(LOG::warn);
        RouterServer started = prepare(config);
        started.server.start();
        started.assembly.start();
        LOG.info("listening: {}", started.ports);
        return started;
    }

    private Ports open(RouterConfig config, Connectors connectors) throws IOException {
        ListenSettings listen = config.listen();
        return new Ports(
                open(listen.usersHttpPort(), connectors::usersHttp),
                open(listen.usersHttpsPort(), connectors::usersHttps),
                open(listen.controlHttpPort(), connectors::controlHttp),
                open(listen.controlHttpsPort(), connectors::controlHttps),
                open(config.admin().port(), connectors::admin));
    }

    @FunctionalInterface
    private interface Opening {
        ServerConnector open(int port) throws IOException;
    }

    private static OptionalInt open(OptionalInt port, Opening opening) throws IOException {
        return port.isEmpty()
                ? port
                : OptionalInt.of(opening.open(port.getAsInt()).getLocalPort());
    }

    /** The ports really listened on. */
    public Ports ports() {
        return ports;
    }

    /** Where instances call back. */
    URI callback() {
        return assembly.callback();
    }

    /** The router inside. */
    public Router router() {
        return assembly.router();
    }

    /** Waits until the server has stopped. */
    public void join() throws InterruptedException {
        server.join();
    }

    /**
     * Ends in order, as {@link RouterAssembly#shutDown} describes. Blocks for as long as {@code DrainDelay} and {@code ShutdownTimeout} say.
     *
     * @return what was cut off
     */
    public Unfinished shutDown() throws Exception {
        try {
            return assembly.shutDown();
        } finally {
            stop();
        }
    }

    /** Ends at once; what is in flight is cut off. */
    public void stop() throws Exception {
        try {
            server.stop();
            // A server that was never started leaves open what was opened before.
            for (Connector connector : server.getConnectors()) {
                IO.close((Closeable) connector.getTransport());
            }
        } finally {
            assembly.close();
        }
    }
}
