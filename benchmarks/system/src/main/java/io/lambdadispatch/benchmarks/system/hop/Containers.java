package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Build;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Servlet containers as their makers distribute them, where the integration tests have them unpacked. */
final class Containers {
    private static final String UNPACKED = "integration-tests/target/containers";

    private Containers() {}

    static Optional<Path> jetty() throws IOException {
        return find("jetty-home-12");
    }

    static Optional<Path> tomcat() throws IOException {
        return find("apache-tomcat-11");
    }

    private static Optional<Path> find(String beginning) throws IOException {
        Path all = Build.own().root().resolve(UNPACKED);
        if (!Files.isDirectory(all)) {
            return Optional.empty();
        }
        try (Stream<Path> directories = Files.list(all)) {
            return directories
                    .filter(directory -> directory.getFileName().toString().startsWith(beginning))
                    .findFirst();
        }
    }

    /** The variables of a WAR that is called back over h2c. */
    static Map<String, String> variables(String lambdaUrl, Map<String, String> settings, int users, int control) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(Map.of(
                "RouterCallbackHost", "127.0.0.1",
                "IncomingRequestHTTPPort", Integer.toString(users),
                "IncomingRequestHTTPSPort", "off",
                "ControlChannelInsecureHTTP2Port", Integer.toString(control),
                "ControlChannelHTTP2Port", "off",
                "AllowInsecureControlChannel", "true",
                "PreferredControlChannelScheme", "http"));
        Map<String, String> variables = new HashMap<>();
        all.forEach((name, value) -> variables.put("LAMBDA_DISPATCH_" + name, value));
        variables.put("AWS_LAMBDA_SERVICE_URL", lambdaUrl);
        return variables;
    }
}
