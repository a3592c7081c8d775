package io.lambdadispatch.jetty;

import io.lambdadispatch.router.aws.CallbackAddress;
import io.lambdadispatch.router.aws.LambdaClients;
import io.lambdadispatch.router.aws.SdkLambdaInvoker;
import io.lambdadispatch.router.config.ControlChannelSettings;
import io.lambdadispatch.router.config.ListenSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.config.Scheme;
import io.lambdadispatch.router.servlet.Departure;
import io.lambdadispatch.router.servlet.Router;
import io.lambdadispatch.router.servlet.Unfinished;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
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

    private final RouterConfig config;
    private final Server server;
    private final Ports ports;
    private final UsersPorts users;
    private final Router router;
    private final SdkLambdaInvoker invoker;
    private final URI callback;

    /** The ports really listened on; empty where a port is off. */
    public record Ports(
            OptionalInt usersHttp,
            OptionalInt usersHttps,
            OptionalInt controlHttp,
            OptionalInt controlHttps,
            OptionalInt admin) {
        /** One line for people and scripts: {@code users http=5001 https=5002, instances http=off https=5004, operators http=off}. */
        @Override
        public String toString() {
            return "users http=" + text(usersHttp) + " https=" + text(usersHttps) + ", instances http="
                    + text(controlHttp) + " https=" + text(controlHttps) + ", operators http=" + text(admin);
        }

        private static String text(OptionalInt port) {
            return port.isPresent() ? Integer.toString(port.getAsInt()) : "off";
        }

        Set<Integer> control() {
            return Stream.of(controlHttp, controlHttps)
                    .flatMap(port -> port.stream().boxed())
                    .collect(Collectors.toSet());
        }
    }

    private RouterServer(RouterConfig config) throws Exception {
        this.config = config;
        ListenSettings listen = config.listen();
        Threads threads =
                Threads.of(listen.maxWorkerThreads(), Runtime.getRuntime().availableProcessors());
        this.server = new NonBlockingServer(new QueuedThreadPool(threads.most()));
        boolean speaksTls =
                listen.usersHttpsPort().isPresent() || listen.controlHttpsPort().isPresent();
        TlsIdentity identity = speaksTls ? TlsIdentity.of(listen.tlsKeyStore()) : null;
        Connectors connectors =
                new Connectors(server, config, threads, speaksTls ? identity.sslContextFactory() : null);
        this.ports = open(config, connectors);
        this.users = connectors.users();
        this.callback = callbackUrl();
        this.invoker = invoker(identity);
        this.router = new Router(config, ports.control(), ports.admin(), invoker, "jetty/" + Server.getVersion());
        server.setHandler(new LineHandler(context()));
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
        LOG.info("routing to {}; instances call back to {}", config.function(), started.callback);
        started.server.start();
        started.router.warmUp(started.invoker);
        started.router.start();
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

    private URI callbackUrl() {
        ControlChannelSettings control = config.controlChannel();
        OptionalInt port = control.preferredScheme() == Scheme.HTTPS ? ports.controlHttps() : ports.controlHttp();
        String host = CallbackAddress.of(control, System.getenv()).discover();
        return CallbackAddress.url(control.preferredScheme(), host, port.orElseThrow());
    }

    private SdkLambdaInvoker invoker(TlsIdentity identity) throws GeneralSecurityException {
        boolean isSecure = config.controlChannel().preferredScheme() == Scheme.HTTPS;
        return new SdkLambdaInvoker(
                LambdaClients.create(
                        config.lambdaServiceUrl(), config.function().region()),
                () -> callback,
                isSecure ? identity.certificateSha256() : null,
                Clock.systemUTC());
    }

    private ServletContextHandler context() {
        ServletContextHandler context = new ServletContextHandler("/");
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        context.addServletContainerInitializer((classes, servletContext) -> router.mount(servletContext));
        return context;
    }

    /** The ports really listened on. */
    public Ports ports() {
        return ports;
    }

    /** Where instances call back. */
    URI callback() {
        return callback;
    }

    /** The router inside. */
    public Router router() {
        return router;
    }

    /** Waits until the server has stopped. */
    public void join() throws InterruptedException {
        server.join();
    }

    /**
     * Ends in order, as {@link Departure} describes. Blocks for as long as {@code DrainDelay} and {@code ShutdownTimeout} say.
     *
     * @return what was cut off
     */
    public Unfinished shutDown() throws Exception {
        try {
            return new Departure(router, config.shutdown(), users).run();
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
            router.close();
            invoker.close();
        }
    }
}
