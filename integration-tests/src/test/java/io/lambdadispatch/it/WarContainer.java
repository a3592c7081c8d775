package io.lambdadispatch.it;

import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A servlet container as its makers distribute it, with the WAR in it and configured as {@code docs/war.md} tells. Instances call
 * back over TLS, unless something else is said.
 */
abstract class WarContainer implements RouterHost {
    /** How far the container is configured for the router. */
    enum Care {
        /** As docs/war.md tells. */
        ALL,
        /** As its makers distribute it. */
        NONE
    }

    private final Map<String, String> contextParameters = new LinkedHashMap<>();
    private final int usersPort = ReservedPort.take();
    private final int usersTlsPort = ReservedPort.take();
    private final int controlPort = ReservedPort.take();
    private final int controlTlsPort = ReservedPort.take();
    private final int adminPort = ReservedPort.take();
    private boolean isControlSecure = true;
    private Care care = Care.ALL;
    private Path base;
    private Path keyStore;

    /** A setting of the router, made in the container's own way of overriding a web.xml. */
    final WarContainer contextParameter(String name, String value) {
        contextParameters.put(name, value);
        return this;
    }

    /** Instances call back over h2c. */
    final WarContainer insecurely() {
        isControlSecure = false;
        return this;
    }

    /** Nobody has told the container what the router needs. */
    final WarContainer carelessly() {
        care = Care.NONE;
        return this;
    }

    @Override
    public final Service start(Map<String, String> environment, Path logs) throws IOException {
        base = logs.resolve("base");
        delete(base);
        Files.createDirectories(base);
        keyStore = ServerKey.putInto(logs.resolve("router.p12"));
        install(base, care, contextParameters);
        Map<String, String> settings = new HashMap<>(environment);
        settings.put("LAMBDA_DISPATCH_IncomingRequestHTTPPort", Integer.toString(usersPort));
        settings.put("LAMBDA_DISPATCH_IncomingRequestHTTPSPort", Integer.toString(usersTlsPort));
        settings.put("LAMBDA_DISPATCH_AdminPort", Integer.toString(adminPort));
        settings.put("LAMBDA_DISPATCH_ControlChannelInsecureHTTP2Port", Integer.toString(controlPort));
        settings.put("LAMBDA_DISPATCH_ControlChannelHTTP2Port", controlHttpsPort());
        settings.put("LAMBDA_DISPATCH_AllowInsecureControlChannel", Boolean.toString(!isControlSecure));
        settings.put("LAMBDA_DISPATCH_PreferredControlChannelScheme", isControlSecure ? "https" : "http");
        if (isControlSecure) {
            settings.put("LAMBDA_DISPATCH_TlsKeyStorePath", keyStore.toString());
            settings.put("LAMBDA_DISPATCH_TlsKeyStorePassword", ServerKey.PASSWORD);
        }
        return start(base, settings, logs);
    }

    private String controlHttpsPort() {
        return isControlSecure ? Integer.toString(controlTlsPort) : "off";
    }

    @Override
    public final String awaitUrl(Service router) {
        awaitStart(router);
        return "http://127.0.0.1:" + usersPort;
    }

    final String usersTlsUrl() {
        return "https://127.0.0.1:" + usersTlsPort;
    }

    final String controlUrl() {
        return isControlSecure ? "https://127.0.0.1:" + controlTlsPort : "http://127.0.0.1:" + controlPort;
    }

    final int usersPort() {
        return usersPort;
    }

    final int usersTlsPort() {
        return usersTlsPort;
    }

    final int controlPort() {
        return controlPort;
    }

    final int controlTlsPort() {
        return controlTlsPort;
    }

    final int adminPort() {
        return adminPort;
    }

    final boolean isControlSecure() {
        return isControlSecure;
    }

    /** Key and certificate of all TLS ports. */
    final Path keyStore() {
        return keyStore;
    }

    /** Takes the WAR away from the running container. */
    final void undeploy() throws IOException {
        try (Stream<Path> deployed = Files.list(base.resolve("webapps"))) {
            for (Path file : deployed.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Makes the WAR the root context of a container with the ports and limits that the router needs. */
    protected abstract void install(Path base, Care care, Map<String, String> contextParameters) throws IOException;

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

    protected static Path webapp() {
        return Distributions.root().resolve("webapp");
    }

    protected static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    protected static void delete(Path tree) throws IOException {
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
