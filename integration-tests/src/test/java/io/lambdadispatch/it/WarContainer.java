package io.lambdadispatch.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** A servlet container as its makers distribute it, with the WAR in its {@code webapps} as an admin would put it there. */
abstract class WarContainer implements RouterHost {
    private final Map<String, String> contextParameters = new LinkedHashMap<>();
    private final int usersPort = FreePort.find();
    private final int controlPort = FreePort.find();
    private Path base;

    /** A setting of the router, made in the container's own way of overriding a web.xml. */
    final WarContainer contextParameter(String name, String value) {
        contextParameters.put(name, value);
        return this;
    }

    @Override
    public final Service start(Map<String, String> environment, Path logs) throws IOException {
        base = logs.resolve("base");
        delete(base);
        Files.createDirectories(base.resolve("webapps"));
        configure(base);
        deploy(base, contextParameters);
        Map<String, String> settings = new HashMap<>(environment);
        settings.put("LAMBDA_DISPATCH_IncomingRequestHTTPPort", Integer.toString(usersPort));
        settings.put("LAMBDA_DISPATCH_IncomingRequestHTTPSPort", "off");
        settings.put("LAMBDA_DISPATCH_ControlChannelInsecureHTTP2Port", Integer.toString(controlPort));
        settings.put("LAMBDA_DISPATCH_ControlChannelHTTP2Port", "off");
        settings.put("LAMBDA_DISPATCH_AllowInsecureControlChannel", "true");
        settings.put("LAMBDA_DISPATCH_PreferredControlChannelScheme", "http");
        return start(base, settings, logs);
    }

    @Override
    public final String awaitUrl(Service router) {
        awaitStart(router);
        return url(usersPort);
    }

    final String controlUrl() {
        return url(controlPort);
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    final int usersPort() {
        return usersPort;
    }

    final int controlPort() {
        return controlPort;
    }

    /** Takes the WAR away from the running container. */
    final void undeploy() throws IOException {
        try (Stream<Path> deployed = Files.list(base.resolve("webapps"))) {
            for (Path file : deployed.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Configures the ports and limits that the router needs. */
    protected abstract void configure(Path base) throws IOException;

    /** Makes the WAR the root context. */
    protected abstract void deploy(Path base, Map<String, String> contextParameters) throws IOException;

    protected abstract Service start(Path base, Map<String, String> environment, Path logs) throws IOException;

    /** Waits until the container says that it has started. */
    protected abstract void awaitStart(Service container);

    /** Where the container was unpacked by the build. */
    protected static Path home(String property) {
        String home = System.getProperty(property);
        if (home == null) {
            throw new AssertionError("system property " + property + " is not set");
        }
        return Path.of(home);
    }

    protected static Path war() {
        return Distributions.root().resolve("webapp/target/lambda-dispatch.war");
    }

    /** The test resource of that name, which is a directory, becomes part of the base. */
    protected static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    protected static Path resources(String name) {
        return Distributions.root()
                .resolve("integration-tests/src/test/resources")
                .resolve(name);
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
