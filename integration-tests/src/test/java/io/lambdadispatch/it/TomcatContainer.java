package io.lambdadispatch.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Apache Tomcat, started by {@code catalina.sh} with a {@code CATALINA_BASE} of its own. */
final class TomcatContainer extends WarContainer {
    private static final Pattern STARTED = Pattern.compile("(Server startup in)");

    @Override
    protected void configure(Path base) throws IOException {
        copyTree(home("tomcat.home").resolve("conf"), base.resolve("conf"));
        copyTree(resources("tomcat"), base);
        for (String directory : List.of("logs", "temp", "work")) {
            Files.createDirectories(base.resolve(directory));
        }
    }

    @Override
    protected void deploy(Path base, Map<String, String> contextParameters) throws IOException {
        Files.copy(war(), base.resolve("webapps/ROOT.war"));
        if (contextParameters.isEmpty()) {
            return;
        }
        StringBuilder context = new StringBuilder("<Context>\n");
        contextParameters.forEach((name, value) ->
                context.append("  <Parameter name=\"%s\" value=\"%s\" override=\"false\"/>%n".formatted(name, value)));
        context.append("</Context>\n");
        Path file = base.resolve("conf/Catalina/localhost/ROOT.xml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, context);
    }

    @Override
    protected Service start(Path base, Map<String, String> environment, Path logs) throws IOException {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("CATALINA_HOME", home("tomcat.home").toString());
        variables.put("CATALINA_BASE", base.toString());
        variables.put("CATALINA_OPTS", "-Dusers.port=" + usersPort() + " -Dcontrol.port=" + controlPort());
        String script = home("tomcat.home").resolve("bin/catalina.sh").toString();
        return Service.start("tomcat", List.of("/bin/sh", script, "run"), variables, logs);
    }

    @Override
    protected void awaitStart(Service container) {
        String unused = container.awaitLine(STARTED);
    }
}
