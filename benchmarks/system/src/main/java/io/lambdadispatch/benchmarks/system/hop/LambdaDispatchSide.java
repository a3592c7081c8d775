package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Installation;
import io.lambdadispatch.benchmarks.system.LocalLambda;
import io.lambdadispatch.benchmarks.system.Processes;
import io.lambdadispatch.benchmarks.system.Router;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The packaged router and one packaged client, started by local-lambda, which stays. Over h2c, as the other pairs: TLS between
 * hops is not what is compared.
 */
record LambdaDispatchSide(Router router, LocalLambda lambda, Processes client) implements Side {
    private static final String FUNCTION = "hop";

    static Side start(int app, String health, Path logs) throws IOException, InterruptedException {
        LocalLambda lambda = LocalLambda.start(
                logs,
                List.of(
                        // The second environment is for the router's init-only invoke, and stands still after it.
                        "--concurrency",
                        "2",
                        "--freeze",
                        "--function",
                        FUNCTION + "=" + Installation.client(),
                        "--env",
                        "LAMBDA_DISPATCH_PORT=" + app,
                        "--env",
                        "LAMBDA_DISPATCH_HEALTH_PATH=" + health));
        Map<String, String> settings = new HashMap<>(Map.of(
                "FunctionName", FUNCTION,
                "MaxConcurrentCount", "100",
                "ChannelCount", "100",
                "MinInstances", "1",
                "MaxInstances", "1"));
        Router router = Router.start(lambda.url(), settings, Map.of(), logs);
        router.awaitOpenInstances(1);
        return new LambdaDispatchSide(router, lambda, lambda.busyEnvironments());
    }

    @Override
    public String name() {
        return "Lambda Dispatch, router and client";
    }

    @Override
    public int port() {
        return router.port();
    }

    @Override
    public Processes hops() {
        return router.processes().and(client);
    }

    @Override
    public void requireAlive() throws IOException {
        router.requireAlive();
    }

    @Override
    public void close() {
        router.close();
        lambda.close();
    }
}
