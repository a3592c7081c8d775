package io.lambdadispatch.it;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code ./demo}, on any free ports, as somebody who has just cloned this project runs it. */
final class Demo implements AutoCloseable {
    private static final Pattern USERS = Pattern.compile("serves users at (http://[^,]+),");
    private static final Pattern CONSOLE = Pattern.compile("The console shows it come: (\\S+)");

    private final Service process;

    private Demo(Service process) {
        this.process = process;
    }

    /**
     * @param name of the directory of its log
     * @param settings of the router
     */
    static Demo start(String name, Map<String, String> settings) throws IOException {
        Path logs =
                Files.createDirectories(Distributions.build().resolve("logs").resolve(name));
        Map<String, String> environment = new HashMap<>();
        // On a machine with more to do than it can, a process may stand still for longer than the default.
        environment.put("LAMBDA_DISPATCH_ChannelKeepAlive", "00:01:00");
        settings.forEach((setting, value) -> environment.put("LAMBDA_DISPATCH_" + setting, value));
        String script = Distributions.root().resolve("demo").toString();
        return new Demo(Service.start("demo", List.of(script, "--any-ports"), environment, logs));
    }

    String usersUrl() {
        return process.awaitLine(USERS);
    }

    String consoleUrl() {
        return process.awaitLine(CONSOLE);
    }

    /** Waits until the router has said it, which the demo passes on. */
    void awaitInOutput(String text) {
        Await.until("the demo says " + text, () -> process.readLog().contains(text));
    }

    /** SIGTERM, after which nothing is left of it. */
    @Override
    public void close() {
        try (process) {
            List<ProcessHandle> all = ProcessHandle.of(process.pid()).stream()
                    .flatMap(ProcessHandle::descendants)
                    .toList();
            int unused = process.end();
            Await.until("no process is left behind", () -> all.stream().noneMatch(ProcessHandle::isAlive));
        }
    }
}
