package io.lambdadispatch.router.servlet;

import io.lambdadispatch.router.assembly.ControlCertificate;
import io.lambdadispatch.router.assembly.Ports;
import io.lambdadispatch.router.assembly.RouterAssembly;
import io.lambdadispatch.router.assembly.Unfinished;
import io.lambdadispatch.router.assembly.UserConnections;
import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.servlet.war.ConnectorCheck;
import io.lambdadispatch.router.servlet.war.StopNotice;
import io.lambdadispatch.router.servlet.war.WarServlets;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private RouterAssembly assembly;
    private StopNotice stopNotice;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        RouterConfig config = configure(context);
        config.warnings().forEach(LOG::warn);
        for (String warning : ConnectorCheck.warnings(context, config)) {
            LOG.warn(warning);
        }
        assembly = new RouterAssembly(
                config, Ports.of(config), ControlCertificate.sha256(config).orElse(null), UserConnections.NOT_OURS);
        WarServlets.mount(context, assembly.router());
        stopNotice = StopNotice.listen(context, () -> leave(context, assembly::shutDown));
        assembly.start();
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
        if (assembly == null) {
            return;
        }
        if (stopNotice != null) {
            stopNotice.cancel();
        }
        try {
            // For want of an earlier notice: nobody reaches this application any more.
            leave(event.getServletContext(), assembly::drain);
        } finally {
            assembly.close();
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
