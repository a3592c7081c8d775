package io.lambdadispatch.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Apache Tomcat, started by {@code catalina.sh} with a {@code CATALINA_BASE} of its own and our {@code server.xml}. */
final class TomcatContainer extends WarContainer {
    private static final Pattern STARTED = Pattern.compile("(Server startup in)");
    private static final Pattern INSECURE_CONNECTOR =
            Pattern.compile("<!-- Instances, h2c: [^<]*(<Connector.*?</Connector>)\\s*-->", Pattern.DOTALL);

    private static final Pattern ADMIN_CONNECTOR = Pattern.compile("<!-- Operators: [^<]*(<Connector[^>]*/>)\\s*-->");

    private final Path home;

    /**
     * @param home system property that says where it is
     */
    TomcatContainer(String home) {
        this.home = home(home);
    }

    @Override
    protected void install(Path base, Care care, Map<String, String> contextParameters) throws IOException {
        copyTree(home.resolve("conf"), base.resolve("conf"));
        for (String directory : List.of("logs", "temp", "work", "webapps")) {
            Files.createDirectories(base.resolve(directory));
        }
        Path serverXml = base.resolve("conf/server.xml");
        Path from = care == Care.ALL
                ? webapp().resolve("src/main/tomcat/conf/server.xml")
                : Distributions.root().resolve("integration-tests/src/test/resources/careless/server.xml");
        Files.copy(from, serverXml, StandardCopyOption.REPLACE_EXISTING);
        if (!isControlSecure()) {
            uncomment(INSECURE_CONNECTOR, serverXml);
        }
        uncomment(ADMIN_CONNECTOR, serverXml);
        Files.copy(webapp().resolve("target/lambda-dispatch.war"), base.resolve("webapps/ROOT.war"));
        if (!contextParameters.isEmpty()) {
            override(base, contextParameters);
        }
    }

    private static void uncomment(Pattern connector, Path serverXml) throws IOException {
        Files.writeString(
                serverXml, connector.matcher(Files.readString(serverXml)).replaceFirst("$1"));
    }

    private static void override(Path base, Map<String, String> contextParameters) throws IOException {
        StringBuilder context = new StringBuilder("<Context unloadDelay=\"30000\">\n");
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
        variables.put("CATALINA_HOME", home.toString());
        variables.put("CATALINA_BASE", base.toString());
        variables.put(
                "CATALINA_OPTS",
                String.join(
                        " ",
                        "-Dusers.address=127.0.0.1",
                        "-Dcontrol.address=127.0.0.1",
                        "-Dusers.http.port=" + usersPort(),
                        "-Dusers.https.port=" + usersTlsPort(),
                        "-Dadmin.port=" + adminPort(),
                        "-Dcontrol.http.port=" + controlPort(),
                        "-Dcontrol.https.port=" + controlTlsPort(),
                        "-Dusers.keystore=" + keyStore(),
                        "-Dcontrol.keystore=" + keyStore()));
        String script = home.resolve("bin/catalina.sh").toString();
        return Service.start("tomcat", List.of("/bin/sh", script, "run"), variables, logs);
    }

    @Override
    protected void awaitStart(Service container) {
        String unused = container.awaitLine(STARTED);
    }
}
