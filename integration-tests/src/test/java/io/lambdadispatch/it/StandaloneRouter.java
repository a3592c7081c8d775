package io.lambdadispatch.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code bin/router}, with its own embedded server. */
final class StandaloneRouter implements RouterHost {
    private static final Pattern USERS_PORT = Pattern.compile("users http=(\\d+)");

    @Override
    public Service start(Map<String, String> environment, Path logs) throws IOException {
        return start("router", environment, logs);
    }

    /**
     * Starts it.
     *
     * @param name of its log
     */
    static Service start(String name, Map<String, String> environment, Path logs) throws IOException {
        return Service.start(name, List.of(command(), "run"), environment, logs);
    }

    /** {@code bin/router stop} with these settings. */
    static CommandRun stop(Map<String, String> environment) throws IOException {
        return CommandRun.of(List.of(command(), "stop"), environment);
    }

    private static String command() {
        return Distributions.root()
                .resolve("jetty-base/target/lambda-dispatch-router/bin/router")
                .toString();
    }

    @Override
    public String awaitUrl(Service router) {
        return url(router);
    }

    static String url(Service router) {
        return "http://127.0.0.1:" + router.awaitLine(USERS_PORT);
    }
}
