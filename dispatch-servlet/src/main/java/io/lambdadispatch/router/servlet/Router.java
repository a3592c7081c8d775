package io.lambdadispatch.router.servlet;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.router.aws.SdkLambdaInvoker;
import io.lambdadispatch.router.config.FleetSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.engine.LambdaInvoker;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolPorts;
import io.lambdadispatch.router.engine.PoolSettings;
import io.lambdadispatch.router.engine.Pools;
import io.lambdadispatch.router.engine.SimplePlanner;
import io.lambdadispatch.router.log.PoolLog;
import io.lambdadispatch.router.relay.Container;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The router, put together: made by whoever owns the ports (the web application's listener, or the standalone server), mounted
 * into a servlet context, closed at the end. Thread-safe.
 */
public final class Router implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    private final RouterConfig config;
    private final Set<Integer> controlPorts;
    private final Container container;
    private final RouterThread thread = new RouterThread();
    private final Pools pools;
    private volatile boolean isLeaving;

    /**
     * @param controlPorts local ports on which instances call back; users enter on all others
     * @param invoker starts instances; not closed by this router
     * @param serverInfo {@link ServletContext#getServerInfo()} of the container
     */
    public Router(RouterConfig config, Set<Integer> controlPorts, LambdaInvoker invoker, String serverInfo) {
        this.config = config;
        this.controlPorts = Set.copyOf(controlPorts);
        this.container = serverInfo.startsWith("jetty/") ? new JettyContainer() : new DispatchingContainer();
        this.pools =
                new Pools(pool(InvokeRequest.DEFAULT_POOL, config.function().text(), invoker));
    }

    private Pool pool(String poolId, String function, LambdaInvoker invoker) {
        FleetSettings fleet = config.fleet();
        PoolSettings settings = new PoolSettings(
                poolId,
                function,
                fleet.maxConcurrentCount(),
                fleet.channelCount(),
                config.requests().maxQueuedRequests(),
                config.requests().incomingRequestTimeout(),
                fleet.instanceStartTimeout());
        return new Pool(
                settings,
                new SimplePlanner(fleet.maxConcurrentCount(), fleet.instanceCountMultiplier()),
                new PoolPorts(
                        invoker,
                        new RandomIdentities(),
                        new PoolLog(),
                        System::nanoTime,
                        thread,
                        () -> ThreadLocalRandom.current().nextDouble()));
    }

    /** Loads in the background what the first invoke needs, and tells the log what would make it fail. */
    public void warmUp(SdkLambdaInvoker sdk) {
        var unused = sdk.warmUp(config.function().text()).thenAccept(fault -> {
            if (fault.isPresent()) {
                LOG.warn(
                        "invoking {} would fail: {} {}",
                        config.function(),
                        fault.get().reason(),
                        fault.get().message());
            }
        });
    }

    /** Adds the router's servlets. To be called while the context starts. */
    public void mount(ServletContext context) {
        FrontDoorServlet frontDoor = new FrontDoorServlet(this);
        add(context, "front-door", frontDoor, "/*");
        add(context, "channels", new ChannelServlet(this, frontDoor), ControlPath.PREFIX + "/*");
        add(context, "health", new HealthServlet(this), "/health");
        add(context, "abort", new AbortServlet(), AbortServlet.PATH);
    }

    private static void add(ServletContext context, String name, HttpServlet servlet, String mapping) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        registration.setAsyncSupported(true);
        registration.setLoadOnStartup(0);
        registration.addMapping(mapping);
    }

    RouterConfig config() {
        return config;
    }

    Container container() {
        return container;
    }

    boolean isControlPort(int localPort) {
        return controlPorts.contains(localPort);
    }

    boolean isLeaving() {
        return isLeaving;
    }

    /** A router that is leaving tells its users on HTTP/1.1 to come back on another connection, which may lead elsewhere. */
    void closeIfLeaving(HttpServletRequest request, HttpServletResponse response) {
        if (isLeaving && request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader("Connection", "close");
        }
    }

    /** The router's pools. */
    public Pools pools() {
        return pools;
    }

    /** From now on {@code /health} tells load balancers to send no more users; those who come are still served. */
    void leave() {
        isLeaving = true;
    }

    /** Turns new users away, serves those who wait, lets instances finish and leave. */
    void turnAway() {
        isLeaving = true;
        pools.close();
    }

    /** What there still is to wait for. */
    Unfinished unfinished() {
        Unfinished all = Unfinished.NOTHING;
        for (Pool pool : pools.all()) {
            all = all.and(Unfinished.of(pool.observe()));
        }
        return all;
    }

    /** Cuts off what is unfinished: those who wait are answered {@code 503}, those who are being answered see it break off. */
    void abandon() {
        pools.abandon();
    }

    /** Stops the router's own thread; requests and instances that are left are left to the container. */
    @Override
    public void close() {
        thread.close();
    }
}
