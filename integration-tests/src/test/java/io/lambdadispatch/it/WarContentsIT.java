package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The WAR brings what the router needs, and nothing that its container has: no servlet API, no server, no test tool. */
class WarContentsIT {
    /** Of the AWS SDK what an asynchronous call of one service takes; it is Netty's only user. */
    private static final List<String> AWS_SDK = List.of(
            "annotations",
            "auth",
            "aws-core",
            "aws-json-protocol",
            "aws-query-protocol",
            "checksums",
            "checksums-spi",
            "endpoints-spi",
            "eventstream",
            "http-auth",
            "http-auth-aws",
            "http-auth-aws-eventstream",
            "http-auth-spi",
            "http-client-spi",
            "identity-spi",
            "json-utils",
            "lambda",
            "metrics-spi",
            "netty-nio-client",
            "profiles",
            "protocol-core",
            "reactive-streams",
            "regions",
            "retries",
            "retries-spi",
            "sdk-core",
            "sts",
            "third-party-jackson-core",
            "url-connection-client",
            "utils",
            "utils-lite");

    private static final List<String> NETTY = List.of(
            "netty-buffer",
            "netty-codec",
            "netty-codec-http",
            "netty-codec-http2",
            "netty-common",
            "netty-handler",
            "netty-resolver",
            "netty-transport",
            "netty-transport-classes-epoll",
            "netty-transport-native-unix-common");

    private static final List<String> MICROMETER = List.of(
            "HdrHistogram",
            "jspecify",
            "micrometer-commons",
            "micrometer-core",
            "micrometer-observation",
            "micrometer-registry-prometheus",
            "prometheus-metrics-config",
            "prometheus-metrics-core",
            "prometheus-metrics-exposition-formats",
            "prometheus-metrics-exposition-textformats",
            "prometheus-metrics-model",
            "prometheus-metrics-tracer-common");

    private static final List<String> OURS =
            List.of("dispatch-servlet", "lambda-dispatch-protocol", "jackson-core", "slf4j-api", "slf4j-jdk14");

    private static final Pattern VERSION = Pattern.compile("-\\d[^/]*\\.jar$");
    private static final String LIBRARIES = "WEB-INF/lib/";

    @Test
    void everyLibraryIsOneThatTheRouterNeeds() throws IOException {
        TreeSet<String> allowed = new TreeSet<>();
        List.of(AWS_SDK, NETTY, MICROMETER, OURS).forEach(allowed::addAll);
        TreeSet<String> found = new TreeSet<>();
        try (ZipFile war = new ZipFile(Distributions.root()
                .resolve("webapp/target/lambda-dispatch.war")
                .toFile())) {
            war.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
                    .map(name ->
                            VERSION.matcher(name.substring(LIBRARIES.length())).replaceFirst(""))
                    .forEach(found::add);
        }
        assertEquals(allowed, found);
    }
}
