package io.lambdadispatch.it;

import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Eclipse Jetty, started by {@code start.jar} with a {@code jetty.base} of its own, which has our module. */
final class JettyHomeContainer extends WarContainer {
    private static final Pattern STARTED = Pattern.compile("(Started oejs\\.Server@)");

    private Care care = Care.ALL;

    @Override
    protected void install(Path base, Care howMuch, Map<String, String> contextParameters) throws IOException {
        care = howMuch;
        unpack(module(), base);
        List<String> command = new ArrayList<>(startJar(base));
        command.add("--add-modules=lambda-dispatch,lambda-dispatch-admin,https,http2"
                + (isControlSecure() ? "" : ",lambda-dispatch-control-h2c"));
        CommandRun run = CommandRun.of(command, Map.of());
        if (run.exitCode() != 0) {
            throw new IOException(run.output());
        }
        if (!contextParameters.isEmpty()) {
            override(base, contextParameters);
        }
    }

    private static Path module() throws IOException {
        try (Stream<Path> files = Files.list(webapp().resolve("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("lambda-dispatch-jetty-.*\\.zip"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void unpack(Path zip, Path base) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path to = base.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(to);
                } else {
                    Files.createDirectories(to.getParent());
                    Files.copy(in, to);
                }
            }
        }
    }

    private static void override(Path base, Map<String, String> contextParameters) throws IOException {
        StringBuilder webXml =
                new StringBuilder("<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.0\">\n");
        contextParameters.forEach(
                (name, value) -> webXml.append("  <context-param><param-name>%s</param-name>".formatted(name))
                        .append("<param-value>%s</param-value></context-param>%n".formatted(value)));
        webXml.append("</web-app>\n");
        Files.writeString(base.resolve("etc/lambda-dispatch-web.xml"), webXml);
    }

    private static List<String> startJar(Path base, String... javaOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(javaOptions));
        command.addAll(List.of("-jar", home("jetty.home").resolve("start.jar").toString(), "jetty.base=" + base));
        return command;
    }

    @Override
    protected Service start(Path base, Map<String, String> environment, Path logs) throws IOException {
        List<String> command =
                startJar(base, environment.getOrDefault("JAVA_OPTS", "-Xmx128m").split(" ", -1));
        command.addAll(List.of(
                "jetty.http.host=127.0.0.1",
                "jetty.ssl.host=127.0.0.1",
                "lambda.dispatch.BindAddress=127.0.0.1",
                "jetty.http.port=" + usersPort(),
                "jetty.ssl.port=" + usersTlsPort(),
                "jetty.sslContext.keyStorePath=" + keyStore(),
                "jetty.sslContext.keyStorePassword=" + ServerKey.PASSWORD,
                "lambda.dispatch.TlsKeyStorePath=" + keyStore(),
                "lambda.dispatch.TlsKeyStorePassword=" + ServerKey.PASSWORD,
                "lambda.dispatch.AdminPort=" + adminPort(),
                "lambda.dispatch.ControlChannelInsecureHTTP2Port=" + controlPort(),
                "lambda.dispatch.ControlChannelHTTP2Port="
                        + (care == Care.ALL ? controlTlsPort() : ReservedPort.take()),
                "jetty.deploy.scanInterval=1"));
        if (care == Care.NONE) {
            // What Jetty takes when nobody says anything.
            command.addAll(List.of(
                    "jetty.http.acceptQueueSize=0",
                    "jetty.http.idleTimeout=30000",
                    "jetty.httpConfig.headerCacheSize=1024",
                    "jetty.http2c.rateControl.maxEventsPerSecond=128",
                    "jetty.httpConfig.requestHeaderSize=8192"));
        }
        return Service.start("jetty", command, environment, logs);
    }

    @Override
    protected void awaitStart(Service container) {
        String unused = container.awaitLine(STARTED);
    }
}
