package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Build;
import io.lambdadispatch.benchmarks.system.Ports;
import io.lambdadispatch.benchmarks.system.Router;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The WAR in Apache Tomcat, by our {@code server.xml}, called back over h2c.
 *
 * @param home of that Tomcat
 * @param key for its ports with TLS, which nobody uses
 */
record WarInTomcat(Path home, HopKey key) implements RouterHost {
    private static final Pattern STARTED = Pattern.compile("(Server startup in)");
    private static final Pattern INSECURE_CONNECTOR =
            Pattern.compile("<!-- Instances, h2c: [^<]*(<Connector.*?</Connector>)\\s*-->", Pattern.DOTALL);

    @Override
    public Router start(Build build, String lambdaUrl, Map<String, String> settings, Path logs)
            throws IOException, InterruptedException {
        Path base = Files.createTempDirectory(logs, "base.");
        install(build, base);
        int users = Ports.free();
        int control = Ports.free();
        Map<String, String> variables = new HashMap<>(Containers.variables(lambdaUrl, settings, users, control));
        variables.put("CATALINA_HOME", home.toString());
        variables.put("CATALINA_BASE", base.toString());
        variables.put(
                "CATALINA_OPTS",
                String.join(
                        " ",
                        "-Dusers.address=127.0.0.1",
                        "-Dcontrol.address=127.0.0.1",
                        "-Dusers.http.port=" + users,
                        "-Dusers.https.port=" + Ports.free(),
                        "-Dcontrol.http.port=" + control,
                        "-Dcontrol.https.port=" + Ports.free(),
                        "-Dusers.keystore=" + key.keyStore(),
                        "-Dcontrol.keystore=" + key.keyStore()));
        Service service = Service.start(
                "tomcat", List.of("/bin/sh", home.resolve("bin/catalina.sh").toString(), "run"), variables, logs);
        service.awaitLine(STARTED);
        return new Router(service, users, control);
    }

    private void install(Build build, Path base) throws IOException {
        copy(home.resolve("conf"), base.resolve("conf"));
        for (String directory : List.of("logs", "temp", "work", "webapps")) {
            Files.createDirectories(base.resolve(directory));
        }
        String serverXml = Files.readString(build.tomcatServerXml());
        Files.writeString(
                base.resolve("conf/server.xml"),
                INSECURE_CONNECTOR.matcher(serverXml).replaceFirst("$1"));
        Files.copy(build.war(), base.resolve("webapps/ROOT.war"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
