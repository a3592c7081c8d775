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
        String command = Distributions.root()
                .resolve("jetty-base/target/lambda-dispatch-router/bin/router")
                .toString();
        return Service.start("router", List.of(command), environment, logs);
    }

    @Override
    public String awaitUrl(Service router) {
        return "http://127.0.0.1:" + router.awaitLine(USERS_PORT);
    }
}
