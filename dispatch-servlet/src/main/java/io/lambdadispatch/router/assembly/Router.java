package io.lambdadispatch.router.assembly;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.router.config.FleetSettings;
import io.lambdadispatch.router.config.HeaderSecret;
import io.lambdadispatch.router.config.NamedPoolSettings;
import io.lambdadispatch.router.config.RequestLogSettings;
import io.lambdadispatch.router.config.RequestSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.console.Viewers;
import io.lambdadispatch.router.door.Doors;
import io.lambdadispatch.router.door.RouterView;
import io.lambdadispatch.router.door.ServerSentEvent;
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
import io.lambdadispatch.router.relay.HttpEnd;
import io.lambdadispatch.router.relay.IdleWatch;
import io.lambdadispatch.router.relay.NewTrace;
import io.lambdadispatch.router.relay.RelayContext;
import io.lambdadispatch.router.tracing.Tracing;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The router without its ports: pools, those who watch them, and the {@link Doors} through which requests come in from whoever owns the
 * ports. Thread-safe.
 */
public final class Router implements RouterView, AutoCloseable {
    private final RouterConfig config;
    private final RelayContext relay;
    private final Doors doors;
    private final RouterThread thread = new RouterThread("lambda-dispatch");
    private final Watchers watchers;
    private final Pools pools;
    private final Viewers viewers = new Viewers();
    private volatile boolean isLeaving;

    /**
     * @param controlPorts local ports on which instances call back
     * @param adminPort local port on which operators enter, if any; users enter on all others
     * @param invoker starts instances; not closed by this router
     */
    public Router(RouterConfig config, Set<Integer> controlPorts, OptionalInt adminPort, LambdaInvoker invoker) {
        this.config = config;
        NamedPoolSettings named = config.namedPools();
        RequestSettings requests = config.requests();
        this.watchers = new Watchers(config);
        this.relay = new RelayContext(
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
        this.doors = new Doors(config, this, viewers, controlPorts, adminPort);
        if (adminPort.isPresent()) {
            watchers.look(() -> viewers.show(this::event));
        }
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

    /** Takes an exchange that has come in at that local port. Does not block. */
    public void enter(int localPort, HttpEnd end) {
        doors.enter(localPort, end);
    }

    @Override
    public RelayContext relay() {
        return relay;
    }

    @Override
    public void channelRefused(String poolId, ChannelRefusal why) {
        watchers.channelRefused(poolId, why);
    }

    @Override
    public boolean isLeaving() {
        return isLeaving;
    }

    @Override
    public String figures() {
        return watchers.figures();
    }

    @Override
    public String state() {
        return watchers.state(isLeaving);
    }

    @Override
    public Optional<String> history(String poolId) {
        return watchers.history().of(poolId);
    }

    /** What a console shows next: the state, and the newest place in each chart. */
    private String event() {
        return ServerSentEvent.of("state", state().strip())
                + ServerSentEvent.of("newest", watchers.history().newest());
    }

    @Override
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
