package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.ReservedPort;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The commands of docs/war.md, as they stand there, but for ports and places: whoever follows them gets the demo running. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("containers")
class WarGuideIT {
    private static final Pattern BASH = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LAMBDA_STARTED = Pattern.compile("(local-lambda listens on)");
    private static final Pattern TOMCAT_STARTED = Pattern.compile("(Server startup in)");
    private static final Pattern JETTY_STARTED = Pattern.compile("(Started oejs\\.Server@)");

    /** Which starts the container, and is the last command of its block. */
    private static final String START_JETTY = "java -jar $JETTY_HOME/start.jar\n";

    private final String lambdaPort = Integer.toString(ReservedPort.take());
    private Service localLambda;

    @BeforeAll
    void startLambdasStandIn() throws IOException {
        List<String> beginning = blocks(0);
        // The build, which is this one.
        assertTrue(beginning.get(0).endsWith("\nexport REPOSITORY=$PWD\n"), beginning.get(0));
        localLambda = start("lambda", beginning.get(1), directory("lambda"), new Ports());
        String unused = localLambda.awaitLine(LAMBDA_STARTED);
    }

    @AfterAll
    void end() {
        if (localLambda != null) {
            localLambda.close();
        }
    }

    @Test
    void theDemoRunsInTomcat10() throws IOException {
        runInTomcat("tomcat.home", "tomcat-10");
    }

    @Test
    void theDemoRunsInTomcat11() throws IOException {
        runInTomcat("tomcat11.home", "tomcat-11");
    }

    private void runInTomcat(String home, String name) throws IOException {
        Path tomcat = directory(name);
        WarContainer.copyTree(WarContainer.home(home), tomcat);
        for (String empty : List.of("logs", "temp", "webapps")) {
            Files.createDirectories(tomcat.resolve(empty));
        }
        Ports ports = new Ports();
        List<String> commands = blocks("Tomcat 10.1 or 11");
        try (Service container = start(name, commands.get(0), tomcat, ports)) {
            String unused = container.awaitLine(TOMCAT_STARTED);
            String answers = run(commands.get(1), tomcat, ports);
            assertDemoAnswers(answers);
            assertTrue(answers.contains("{\"name\":\"X-Forwarded-Proto\",\"value\":\"https\"}"), answers);
        }
    }

    @Test
    void theDemoRunsInJetty() throws IOException {
        Path base = directory("jetty");
        Ports ports = new Ports();
        List<String> commands = blocks("Jetty 12.1");
        assertTrue(commands.get(0).endsWith(START_JETTY), commands.get(0));
        String elsewhere = commands.get(0)
                .replaceFirst("JETTY_HOME=\\S+", "JETTY_HOME=" + System.getProperty("jetty.home"))
                .replace(
                        START_JETTY,
                        START_JETTY.strip() + " jetty.http.port=" + ports.users
                                + " lambda.dispatch.ControlChannelHTTP2Port=" + ports.control + "\n");
        try (Service container = start("jetty", elsewhere, base, ports)) {
            String unused = container.awaitLine(JETTY_STARTED);
            assertDemoAnswers(run(commands.get(1), base, ports));
        }
    }

    private static void assertDemoAnswers(String answers) {
        assertTrue(answers.contains("\"fact\""), answers);
        assertTrue(answers.contains("first line"), answers);
        assertTrue(answers.contains("last line"), answers);
    }

    /** Free ones, in the place of those that the guide names. */
    private final class Ports {
        private final String users = Integer.toString(ReservedPort.take());
        private final String usersTls = Integer.toString(ReservedPort.take());
        private final String control = Integer.toString(ReservedPort.take());

        String in(String commands) {
            return commands.replace("9001", lambdaPort)
                    .replace(":5001/", ":" + users + "/")
                    .replace(":8080/", ":" + users + "/")
                    .replace(":5002/", ":" + usersTls + "/");
        }

        /** What our {@code server.xml} asks for, and the router; and patience, for a machine with more to do than it can. */
        Map<String, String> environment() {
            Map<String, String> environment = new HashMap<>();
            environment.put("REPOSITORY", Distributions.root().toString());
            environment.put(
                    "PATH",
                    Path.of(System.getProperty("java.home"), "bin") + File.pathSeparator + System.getenv("PATH"));
            environment.put(
                    "CATALINA_OPTS",
                    "-Dusers.http.port=%s -Dusers.https.port=%s -Dcontrol.https.port=%s"
                            .formatted(users, usersTls, control));
            environment.put("LAMBDA_DISPATCH_ControlChannelHTTP2Port", control);
            environment.put("LAMBDA_DISPATCH_InstanceStartTimeout", "3m");
            environment.put("LAMBDA_DISPATCH_IncomingRequestTimeout", "3m");
            environment.put("LAMBDA_DISPATCH_ChannelKeepAlive", "1m");
            return environment;
        }
    }

    private static Service start(String name, String commands, Path directory, Ports ports) throws IOException {
        return Service.start(name, bash(commands, directory, ports), ports.environment(), directory.getParent());
    }

    private static String run(String commands, Path directory, Ports ports) throws IOException {
        CommandRun run = CommandRun.of(bash(commands, directory, ports), ports.environment());
        assertEquals(0, run.exitCode(), run.output());
        return run.output();
    }

    private static List<String> bash(String commands, Path directory, Ports ports) {
        return List.of("bash", "-e", "-c", "cd '" + directory + "'\n" + ports.in(commands));
    }

    private static Path directory(String name) throws IOException {
        Path directory = Distributions.build().resolve("logs/WarGuideIT").resolve(name);
        WarContainer.delete(directory);
        return Files.createDirectories(directory);
    }

    private static List<String> blocks(String heading) throws IOException {
        List<String> headings = sections().stream()
                .map(section -> section.substring(0, section.indexOf('\n')))
                .toList();
        assertTrue(headings.contains(heading), headings.toString());
        return blocks(headings.indexOf(heading));
    }

    private static List<String> blocks(int section) throws IOException {
        return BASH.matcher(sections().get(section))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private static List<String> sections() throws IOException {
        return List.of(
                Files.readString(Distributions.root().resolve("docs/war.md")).split("\n## ", -1));
    }
}
