package io.lambdadispatch.router.servlet.war;

import io.lambdadispatch.router.config.ListenSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.config.Scheme;
import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.management.JMException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the container's connectors with what the router needs of them. A web application cannot set them; it can tell its
 * operator what to change, before users find it out.
 */
public final class ConnectorCheck {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    private ConnectorCheck() {}

    /** What should be changed in the container's configuration, a sentence each; nothing where the container does not show it. */
    public static List<String> warnings(ServletContext context, RouterConfig config) {
        List<String> warnings = new ArrayList<>();
        if (config.controlChannel().preferredScheme() == Scheme.HTTPS
                && config.listen().tlsKeyStore().isEmpty()) {
            warnings.add(
                    "TlsKeyStorePath is not set: instances are not told which certificate the container shows on the"
                            + " control port, and trust it only if a certificate authority vouches for it");
        }
        try {
            connectors(context).ifPresent(connectors -> warnings.addAll(warnings(connectors, config)));
        } catch (ReflectiveOperationException | JMException | RuntimeException e) {
            LOG.info("{} does not show its connectors: {}", context.getServerInfo(), e.toString());
        }
        return warnings;
    }

    private static Optional<List<Connector>> connectors(ServletContext context)
            throws ReflectiveOperationException, JMException {
        if (ContainerSide.isJetty(context)) {
            Object server = ContainerSide.jettyServer(context);
            return Optional.of(connectors(new Part("Server", server), "getConnectors", JettyConnector::new));
        }
        if (ContainerSide.isTomcat(context)) {
            Object service = ContainerSide.tomcatService(ContainerSide.tomcatContext(context));
            return Optional.of(connectors(new Part("Service", service), "findConnectors", TomcatConnector::new));
        }
        return Optional.empty();
    }

    private static List<Connector> connectors(Part owner, String method, Function<Object, Connector> as) {
        return owner.elements(method).stream().map(as).toList();
    }

    static List<String> warnings(List<Connector> connectors, RouterConfig config) {
        ListenSettings listen = config.listen();
        List<String> warnings = new ArrayList<>();
        checkControl(connectors, listen.controlHttpPort(), false, config, warnings);
        checkControl(connectors, listen.controlHttpsPort(), true, config, warnings);
        OptionalInt admin = config.admin().port();
        if (admin.isPresent() && find(connectors, admin).isEmpty()) {
            warnings.add(noConnector(admin, "AdminPort") + "; operators see nothing");
        }
        List<Connector> users = connectors.stream()
                .filter(connector -> Stream.of(listen.controlHttpPort(), listen.controlHttpsPort(), admin)
                        .noneMatch(port -> is(port, connector)))
                .toList();
        if (users.isEmpty()) {
            warnings.add("no connector is left for users: give the container one more port");
        }
        users.forEach(connector -> add(connector, connector.shortcomings(PortUse.USERS, config), warnings));
        return warnings;
    }

    private static void checkControl(
            List<Connector> connectors,
            OptionalInt port,
            boolean mustBeSecure,
            RouterConfig config,
            List<String> warnings) {
        if (port.isEmpty()) {
            return;
        }
        String setting = mustBeSecure ? "ControlChannelHTTP2Port" : "ControlChannelInsecureHTTP2Port";
        Optional<Connector> found = find(connectors, port);
        if (found.isEmpty()) {
            warnings.add(noConnector(port, setting) + "; instances cannot call back there");
            return;
        }
        Connector connector = found.get();
        List<String> shortcomings = new ArrayList<>();
        if (connector.isSecure() != mustBeSecure) {
            shortcomings.add(
                    setting + " must " + (mustBeSecure ? "" : "not ") + "speak TLS: no instance can call back");
        }
        if (!connector.speaksHttp2()) {
            shortcomings.add("HTTP/2 is not enabled on it: no instance can call back");
        }
        shortcomings.addAll(connector.shortcomings(PortUse.INSTANCES, config));
        add(connector, shortcomings, warnings);
    }

    private static Optional<Connector> find(List<Connector> connectors, OptionalInt port) {
        return connectors.stream().filter(connector -> is(port, connector)).findFirst();
    }

    private static String noConnector(OptionalInt port, String setting) {
        return "no connector listens on port " + port.getAsInt() + " (" + setting
                + "): give the container one, or set the port to off";
    }

    private static boolean is(OptionalInt port, Connector connector) {
        return port.isPresent() && port.getAsInt() == connector.port();
    }

    private static void add(Connector connector, List<String> shortcomings, List<String> warnings) {
        shortcomings.forEach(shortcoming -> warnings.add("port " + connector.port() + ": " + shortcoming));
    }
}
