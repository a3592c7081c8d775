package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Build;
import io.lambdadispatch.benchmarks.system.JavaHeap;
import io.lambdadispatch.benchmarks.system.LocalLambda;
import io.lambdadispatch.benchmarks.system.Processes;
import io.lambdadispatch.benchmarks.system.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A router and one packaged client, started by local-lambda, which stays. */
record LambdaDispatchSide(
        SideKind kind, String name, Router router, JavaHeap routerHeap, LocalLambda lambda, Processes client)
        implements Side {
    private static final String FUNCTION = "hop";

    private static final Map<String, String> SETTINGS = Map.of(
            "FunctionName", FUNCTION,
            "MaxConcurrentCount", "100",
            "ChannelCount", "100",
            "MinInstances", "1",
            "MaxInstances", "1");

    /** @param health path at the app that tells that it is well */
    static Side start(SideKind kind, String name, RouterHost host, Build build, int app, String health, Path logs)
            throws IOException, InterruptedException {
        Files.createDirectories(logs);
        LocalLambda lambda = LocalLambda.start(
                logs,
                List.of(
                        // The second environment is for the router's init-only invoke, and stands still after it.
                        "--concurrency",
                        "2",
                        "--freeze",
                        "--function",
                        FUNCTION + "=" + build.client(),
                        "--env",
                        "LAMBDA_DISPATCH_PORT=" + app,
                        "--env",
                        "LAMBDA_DISPATCH_HEALTH_PATH=" + health));
        Router router = host.start(build, lambda.url(), SETTINGS, logs);
        router.awaitOpenInstances(1);
        return new LambdaDispatchSide(kind, name, router, JavaHeap.of(router.pid()), lambda, lambda.busyEnvironments());
    }

    @Override
    public int port() {
        return router.port();
    }

    @Override
    public List<Processes> hops() {
        return List.of(router.processes(), client);
    }

    @Override
    public Optional<JavaHeap> heap() {
        return Optional.of(routerHeap);
    }

    @Override
    public void requireAlive() throws IOException {
        router.requireAlive();
    }

    @Override
    public void close() {
        routerHeap.close();
        router.close();
        lambda.close();
    }
}
