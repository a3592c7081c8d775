package io.lambdadispatch.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Eclipse Jetty, started by {@code start.jar} with a {@code jetty.base} of its own. */
final class JettyHomeContainer extends WarContainer {
    private static final Pattern STARTED = Pattern.compile("(Started oejs\\.Server@)");

    @Override
    protected void configure(Path base) throws IOException {
        copyTree(resources("jetty"), base);
    }

    @Override
    protected void deploy(Path base, Map<String, String> contextParameters) throws IOException {
        Files.copy(war(), base.resolve("webapps/ROOT.war"));
        if (contextParameters.isEmpty()) {
            return;
        }
        StringBuilder webXml =
                new StringBuilder("<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.0\">\n");
        contextParameters.forEach(
                (name, value) -> webXml.append("  <context-param><param-name>%s</param-name>".formatted(name))
                        .append("<param-value>%s</param-value></context-param>%n".formatted(value)));
        webXml.append("</web-app>\n");
        Path override = base.resolve("etc/override-web.xml");
        Files.writeString(override, webXml);
        String context = """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "https://jetty.org/configure_10_0.dtd">
                <Configure class="org.eclipse.jetty.ee10.webapp.WebAppContext">
                  <Set name="contextPath">/</Set>
                  <Set name="war"><Property name="jetty.base"/>/webapps/ROOT.war</Set>
                  <Set name="overrideDescriptor"><Property name="jetty.base"/>/etc/override-web.xml</Set>
                </Configure>
                """;
        Files.writeString(base.resolve("webapps/ROOT.xml"), context);
    }

    @Override
    protected Service start(Path base, Map<String, String> environment, Path logs) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(environment.getOrDefault("JAVA_OPTS", "").split(" ", -1)));
        command.addAll(List.of(
                "-jar",
                home("jetty.home").resolve("start.jar").toString(),
                "jetty.base=" + base,
                "jetty.http.port=" + usersPort(),
                "control.port=" + controlPort()));
        return Service.start("jetty", command, environment, logs);
    }

    @Override
    protected void awaitStart(Service container) {
        String unused = container.awaitLine(STARTED);
    }
}
