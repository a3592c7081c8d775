package io.lambdadispatch.router.servlet;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.router.aws.SdkLambdaInvoker;
import io.lambdadispatch.router.config.FleetSettings;
import io.lambdadispatch.router.config.HeaderSecret;
import io.lambdadispatch.router.config.NamedPoolSettings;
import io.lambdadispatch.router.config.RequestLogSettings;
import io.lambdadispatch.router.config.RequestSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.console.Viewers;
import io.lambdadispatch.router.engine.AdaptivePlanner;
import io.lambdadispatch.router.engine.CapacityPlanner;
import io.lambdadispatch.router.engine.EwmaPlanner;
import io.lambdadispatch.router.engine.LambdaInvoker;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolPorts;
import io.lambdadispatch.router.engine.PoolSettings;
import io.lambdadispatch.router.engine.Pools;
import io.lambdadispatch.router.engine.SimplePlanner;
import io.lambdadispatch.router.metrics.ChannelRefusal;
import io.lambdadispatch.router.relay.Container;
import io.lambdadispatch.router.relay.IdleWatch;
import io.lambdadispatch.router.relay.NewTrace;
import io.lambdadispatch.router.relay.RelaySettings;
import io.lambdadispatch.router.tracing.Tracing;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
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
    private final OptionalInt adminPort;
    private final Container container;
    private final RelaySettings relaySettings;
    private final RouterThread thread = new RouterThread("lambda-dispatch");
    private final Watchers watchers;
    private final Pools pools;
    private final Viewers viewers = new Viewers();
    private volatile boolean isLeaving;

    /**
     * @param controlPorts local ports on which instances call back
     * @param adminPort local port on which operators enter, if any; users enter on all others
     * @param invoker starts instances; not closed by this router
     * @param serverInfo {@link ServletContext#getServerInfo()} of the container
     */
    public Router(
            RouterConfig config,
            Set<Integer> controlPorts,
            OptionalInt adminPort,
            LambdaInvoker invoker,
            String serverInfo) {
        this.config = config;
        this.controlPorts = Set.copyOf(controlPorts);
        this.adminPort = adminPort;
        this.container = serverInfo.startsWith("jetty/") ? new JettyContainer() : new DispatchingContainer();
        NamedPoolSettings named = config.namedPools();
        RequestSettings requests = config.requests();
        this.watchers = new Watchers(config);
        this.relaySettings = new RelaySettings(
                requests.maxHeadBytes(),
                keptFields(config),
                requests.retrySafeRequests(),
                new IdleWatch(requests.relayIdleTimeout(), thread, System::nanoTime),
                watchers.requests(),
                newTrace(config.requestLog()),
                Tracing.spans(),
                this::isLeaving,
                config.requestLog().allowDebugHeader());
        this.pools = new Pools(
                pool(
                        InvokeRequest.DEFAULT_POOL,
                        config.function().text(),
                        config.fleet().minInstances(),
                        invoker),
                function -> pool(function, function, 0, invoker),
                new Pools.Limits(named.maxPools(), named.idleTimeout()),
                thread);
    }

    /** Fields between the user's side and this router, which are not passed to the app. */
    private static Set<String> keptFields(RouterConfig config) {
        // As field names compare: without regard to case.
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.add(FieldNames.LAMBDA_NAME);
        config.namedPools().secret().map(HeaderSecret::name).ifPresent(names::add);
        if (!config.requestLog().allowDebugHeader()) {
            names.add(FieldNames.DEBUG);
        }
        return Collections.unmodifiableSet(names);
    }

    private static NewTrace newTrace(RequestLogSettings settings) {
        return switch (settings.newTrace()) {
            case AMZN -> NewTrace.AMZN;
            case W3C -> NewTrace.W3C;
            case OFF -> NewTrace.OFF;
        };
    }

    private Pool pool(String poolId, String function, int minInstances, LambdaInvoker invoker) {
        FleetSettings fleet = config.fleet();
        PoolSettings settings = new PoolSettings(
                poolId,
                function,
                fleet.maxConcurrentCount(),
                fleet.channelCount(),
                config.requests().maxQueuedRequests(),
                config.requests().incomingRequestTimeout(),
                fleet.instanceStartTimeout(),
                fleet.channelKeepAlive(),
                minInstances,
                fleet.maxInstances());
        Pool pool = new Pool(
                settings,
                planner(fleet),
                new PoolPorts(
                        invoker,
                        new RandomIdentities(),
                        watchers.pools(),
                        System::nanoTime,
                        thread,
                        () -> ThreadLocalRandom.current().nextDouble()));
        watchers.watch(pool);
        return pool;
    }

    private static CapacityPlanner<?> planner(FleetSettings fleet) {
        int concurrent = fleet.maxConcurrentCount();
        int multiplier = fleet.instanceCountMultiplier();
        Duration simply = fleet.scaleDownDelay().orElse(SimplePlanner.SCALE_DOWN_DELAY);
        return switch (fleet.scalingAlgorithm()) {
            case SIMPLE -> new SimplePlanner(concurrent, multiplier, simply);
            case EWMA -> new EwmaPlanner(concurrent, multiplier, simply);
            case ADAPTIVE ->
                new AdaptivePlanner(
                        concurrent, multiplier, fleet.scaleDownDelay().orElse(AdaptivePlanner.SCALE_DOWN_DELAY));
        };
    }

    /** Starts the instances that are kept in any case; to be called once instances can call back. */
    public void start() {
        pools.defaultPool().start();
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
        AdminServlet admin = new AdminServlet(this, new Console(this, viewers));
        if (adminPort.isPresent()) {
            watchers.look(() -> viewers.show(this::event));
        }
        FrontDoorServlet frontDoor = new FrontDoorServlet(this, admin);
        add(context, "front-door", frontDoor, "/*");
        add(context, "channels", new ChannelServlet(this, frontDoor), ControlPath.PREFIX + "/*");
        add(context, "health", new HealthServlet(this, admin), "/health");
        add(context, "metrics", new MetricsServlet(this, frontDoor), MetricsServlet.PATH);
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

    RelaySettings relaySettings() {
        return relaySettings;
    }

    Container container() {
        return container;
    }

    boolean isControlPort(int localPort) {
        return controlPorts.contains(localPort);
    }

    /** Whether operators enter there. */
    boolean isAdminPort(int localPort) {
        return adminPort.isPresent() && adminPort.getAsInt() == localPort;
    }

    /** An instance's channel was refused; {@code poolId} is {@code null} when there is no such pool. */
    void channelRefused(String poolId, ChannelRefusal why) {
        watchers.channelRefused(poolId, why);
    }

    boolean isLeaving() {
        return isLeaving;
    }

    /** For an answer of the router's own; relayed ones are told of it when they begin. */
    void closeIfLeaving(HttpServletRequest request, HttpServletResponse response) {
        if (isLeaving && request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader("Connection", "close");
        }
    }

    /** The router's figures, in the format that Prometheus reads. */
    String figures() {
        return watchers.figures();
    }

    /** All pools at this moment, as JSON. */
    String state() {
        return watchers.state(isLeaving);
    }

    /** The last quarter of an hour of a pool, as JSON; empty when there is no such pool. */
    Optional<String> history(String poolId) {
        return watchers.history().of(poolId);
    }

    /** What a console shows next: the state, and the newest place in each chart. */
    private String event() {
        return ServerSentEvent.of("state", state().strip())
                + ServerSentEvent.of("newest", watchers.history().newest());
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
            all = all.and(Unfinished.of(pool.snapshot()));
        }
        return all;
    }

    /** Cuts off what is unfinished: those who wait are answered {@code 503}, those who are being answered see it break off. */
    void abandon() {
        pools.abandon();
    }

    /** There will be nothing more to see: consoles are told so. */
    void endConsole() {
        viewers.close();
    }

    /** Stops the router's own thread; requests and instances that are left are left to the container. */
    @Override
    public void close() {
        endConsole();
        thread.close();
        watchers.close();
    }
}
