package io.lambdadispatch.router.servlet;

import io.lambdadispatch.router.aws.CallbackAddress;
import io.lambdadispatch.router.aws.LambdaClients;
import io.lambdadispatch.router.aws.SdkLambdaInvoker;
import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.ListenSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.config.Scheme;
import io.lambdadispatch.router.servlet.container.ConnectorCheck;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.net.URI;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the router together as a web application. The container's own configuration opens the ports; those named as control
 * channel ports in the settings must be among them, or no instance can call back.
 */
public final class RouterContextListener implements ServletContextListener {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    private static final long LONGEST_END_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicBoolean hasLeft = new AtomicBoolean();
    private Router router;
    private SdkLambdaInvoker invoker;
    private Departure departure;
    private StopNotice stopNotice;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        RouterConfig config = configure(context);
        config.warnings().forEach(LOG::warn);
        for (String warning : ConnectorCheck.warnings(context, config)) {
            LOG.warn(warning);
        }
        URI callback = callbackUrl(config);
        invoker = new SdkLambdaInvoker(
                LambdaClients.create(
                        config.lambdaServiceUrl(), config.function().region()),
                () -> callback,
                ControlCertificate.sha256(config).orElse(null),
                Clock.systemUTC());
        router = new Router(
                config, controlPorts(config.listen()), config.admin().port(), invoker, context.getServerInfo());
        router.mount(context);
        router.warmUp(invoker);
        departure = new Departure(router, config.shutdown(), UserConnections.NOT_OURS);
        stopNotice = StopNotice.listen(context, () -> leave(context, departure::run));
        router.start();
        LOG.info("routing to {}; instances call back to {}", config.function(), callback);
    }

    private static RouterConfig configure(ServletContext context) {
        try {
            return RouterConfig.from(
                    ConfigSources.of(System.getenv(), System.getProperties(), context::getInitParameter));
        } catch (ConfigException e) {
            LOG.error(e.getMessage());
            throw e;
        }
    }

    private static URI callbackUrl(RouterConfig config) {
        Scheme scheme = config.controlChannel().preferredScheme();
        int port = (scheme == Scheme.HTTPS
                        ? config.listen().controlHttpsPort()
                        : config.listen().controlHttpPort())
                .orElseThrow();
        String host =
                CallbackAddress.of(config.controlChannel(), System.getenv()).discover();
        return CallbackAddress.url(scheme, host, port);
    }

    private static Set<Integer> controlPorts(ListenSettings listen) {
        return Stream.of(listen.controlHttpPort(), listen.controlHttpsPort())
                .flatMap(port -> port.stream().boxed())
                .collect(Collectors.toSet());
    }

    @FunctionalInterface
    private interface Leaving {
        Unfinished run() throws InterruptedException;
    }

    private void leave(ServletContext context, Leaving how) {
        if (hasLeft.compareAndSet(false, true)) {
            try {
                Unfinished cut = how.run();
                // In a JVM that ends, java.util.logging is closed before the container's own log.
                context.log("lambda-dispatch: " + (cut.isNothing() ? "everything was finished" : "cut off: " + cut));
            } catch (InterruptedException e) {
                LOG.warn("interrupted while leaving");
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (router == null) {
            return;
        }
        if (stopNotice != null) {
            stopNotice.cancel();
        }
        try {
            if (departure != null) {
                // For want of an earlier notice: nobody reaches this application any more.
                leave(event.getServletContext(), departure::drain);
            }
        } finally {
            router.close();
            invoker.close();
            awaitEndOfThreads();
        }
    }

    /** They were told to end. A container that looks while they are still at it calls them a memory leak. */
    private static void awaitEndOfThreads() {
        ClassLoader application = RouterContextListener.class.getClassLoader();
        if (application == ClassLoader.getSystemClassLoader()) {
            // No container's, which knows whose threads these are.
            return;
        }
        long deadline = System.nanoTime() + LONGEST_END_NANOS;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getContextClassLoader() == application && thread != Thread.currentThread()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                try {
                    thread.join(Math.max(1, left));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }
}
