package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Build;
import io.lambdadispatch.benchmarks.system.Commands;
import io.lambdadispatch.benchmarks.system.Ports;
import io.lambdadispatch.benchmarks.system.Router;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The WAR in Eclipse Jetty, by our module, called back over h2c.
 *
 * @param home of that Jetty
 */
record WarInJetty(Path home) implements RouterHost {
    private static final Pattern STARTED = Pattern.compile("(Started oejs\\.Server@)");

    @Override
    public Router start(Build build, String lambdaUrl, Map<String, String> settings, Path logs)
            throws IOException, InterruptedException {
        Path base = Files.createTempDirectory(logs, "base.");
        unpack(build.jettyModule(), base);
        Commands.run(command(base, "--add-modules=lambda-dispatch,lambda-dispatch-control-h2c")
                .toArray(String[]::new));
        int users = Ports.free();
        int control = Ports.free();
        Service service = Service.start(
                "jetty",
                command(
                        base,
                        "jetty.http.host=127.0.0.1",
                        "jetty.http.port=" + users,
                        "lambda.dispatch.BindAddress=127.0.0.1",
                        "lambda.dispatch.ControlChannelInsecureHTTP2Port=" + control),
                Containers.variables(lambdaUrl, settings, users, control),
                logs);
        service.awaitLine(STARTED);
        return new Router(service, users, control);
    }

    private List<String> command(Path base, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                home.resolve("start.jar").toString(),
                "jetty.base=" + base));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void unpack(Path zip, Path base) throws IOException {
        try (InputStream file = Files.newInputStream(zip);
                ZipInputStream in = new ZipInputStream(file)) {
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
}
