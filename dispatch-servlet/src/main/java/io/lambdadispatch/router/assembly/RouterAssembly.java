package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.aws.CallbackAddress;
import io.lambdadispatch.router.aws.LambdaClients;
import io.lambdadispatch.router.aws.SdkLambdaInvoker;
import io.lambdadispatch.router.config.ControlChannelSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.config.Scheme;
import java.net.URI;
import java.time.Clock;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a router together with AWS, for whoever owns its ports: the standalone server, or a web application. Started once those listen, shut
 * down and closed at the end.
 */
public final class RouterAssembly implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    private final RouterConfig config;
    private final URI callback;
    private final SdkLambdaInvoker invoker;
    private final Router router;
    private final Departure departure;

    /**
     * @param certificateSha256 fingerprint of the certificate on the control port, lower-case hex; {@code null} when instances need none, or
     *     know its authority
     * @param users the users' connections, as far as they are the owner's
     */
    public RouterAssembly(RouterConfig config, Ports ports, String certificateSha256, UserConnections users) {
        this.config = config;
        this.callback = callbackUrl(config.controlChannel(), ports);
        this.invoker = new SdkLambdaInvoker(
                LambdaClients.create(
                        config.lambdaServiceUrl(), config.function().region()),
                () -> callback,
                certificateSha256,
                Clock.systemUTC());
        this.router = new Router(config, ports.control(), ports.admin(), invoker);
        this.departure = new Departure(router, config.shutdown(), users);
    }

    private static URI callbackUrl(ControlChannelSettings control, Ports ports) {
        Scheme scheme = control.preferredScheme();
        OptionalInt port = scheme == Scheme.HTTPS ? ports.controlHttps() : ports.controlHttp();
        String host = CallbackAddress.of(control, System.getenv()).discover();
        return CallbackAddress.url(scheme, host, port.orElseThrow());
    }

    /** The router inside. */
    public Router router() {
        return router;
    }

    /** Where instances call back. */
    public URI callback() {
        return callback;
    }

    /** To be called once instances can call back. */
    public void start() {
        warmUp();
        router.start();
        LOG.info("routing to {}; instances call back to {}", config.function(), callback);
    }

    /** Loads in the background what the first invoke needs, and tells the log what would make it fail. */
    private void warmUp() {
        var unused = invoker.warmUp(config.function().text()).thenAccept(fault -> {
            if (fault.isPresent()) {
                LOG.warn(
                        "invoking {} would fail: {} {}",
                        config.function(),
                        fault.get().reason(),
                        fault.get().message());
            }
        });
    }

    /**
     * Leaves in the order that {@link Departure} describes. Blocks for as long as {@code DrainDelay} and {@code ShutdownTimeout} say.
     *
     * @return what was cut off
     */
    public Unfinished shutDown() throws InterruptedException {
        return departure.run();
    }

    /** The same without the delay, where nobody can come any more. */
    public Unfinished drain() throws InterruptedException {
        return departure.drain();
    }

    /** Ends at once; what is in flight is left to whoever owns the ports. */
    @Override
    public void close() {
        router.close();
        invoker.close();
    }
}
