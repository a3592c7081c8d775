package io.lambdadispatch.benchmarks.system.burst;

import io.lambdadispatch.benchmarks.system.Installation;
import io.lambdadispatch.benchmarks.system.LocalLambda;
import io.lambdadispatch.benchmarks.system.Router;
import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A way to spread users over environments: the router's, or Lambda's own. Running, with its warm environments. */
final class BurstSide implements AutoCloseable {
    private static final String FUNCTION = "burst";

    private final LocalLambda lambda;
    private final Router router;
    private final String url;
    private final int slots;
    private final int kept;

    private BurstSide(LocalLambda lambda, Router router, String url, int slots, int kept) {
        this.kept = kept;
        this.lambda = lambda;
        this.router = router;
        this.url = url;
        this.slots = slots;
    }

    /**
     * The router, with {@code warm} instances that stay.
     *
     * @param client its bootstrap
     * @param health of the app; answers when a cold start is over
     */
    static BurstSide dispatch(String scaling, int warm, int most, Path client, int app, String health, Path logs)
            throws IOException, InterruptedException {
        LocalLambda lambda = LocalLambda.start(
                logs,
                List.of(
                        "--freeze",
                        "--function",
                        FUNCTION + "=" + ElsewhereCpu.COMMAND + client,
                        "--env",
                        "LAMBDA_DISPATCH_PORT=" + app,
                        "--env",
                        "LAMBDA_DISPATCH_HEALTH_PATH=" + health));
        int concurrent = 10;
        Router router = Router.start(
                lambda.url(),
                Map.of(
                        "FunctionName",
                        FUNCTION,
                        "ScalingAlgorithm",
                        scaling,
                        "MaxConcurrentCount",
                        Integer.toString(concurrent),
                        "MinInstances",
                        Integer.toString(warm),
                        "MaxInstances",
                        Integer.toString(most),
                        // Twenty processes that start on two CPUs need longer than twenty machines.
                        "InstanceStartTimeout",
                        "2m",
                        "ChannelKeepAlive",
                        "1m"),
                Map.of(),
                logs);
        router.awaitOpenInstances(warm);
        BurstSide side = new BurstSide(lambda, router, "http://127.0.0.1:" + router.port(), warm * concurrent, warm);
        side.awaitWorking(warm);
        return side;
    }

    /** Lambda's own way, with {@code warm} environments that have answered an invoke. */
    static BurstSide plain(int warm, int app, int coldStartMs, Path logs) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes =
                Installation.root().resolve("benchmarks/system/target/classes").toString();
        LocalLambda lambda = LocalLambda.start(
                logs,
                List.of(
                        "--freeze",
                        "--function",
                        FUNCTION + "=" + ElsewhereCpu.COMMAND + "\"" + java
                                + "\" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx16m -Xshare:auto -cp \"" + classes
                                + "\" " + PlainEnvironment.class.getName() + " " + app + " " + coldStartMs));
        String url = lambda.url() + "/function-url/" + FUNCTION;
        // Longer than all of them need to start, so that each has one of its own.
        Users.send(URI.create(url + "/delay?delay=" + coldStartMs), warm, warm);
        BurstSide side = new BurstSide(lambda, null, url, warm, 0);
        side.awaitWorking(0);
        return side;
    }

    /** From now on those environments that there are have a CPU, as machines of their own would; those to come take what is left. */
    void givesCpuToWarmOnes() throws IOException, InterruptedException {
        for (long pid : lambda.environments()) {
            ElsewhereCpu.giveBack(pid);
        }
    }

    /** What it can run at once before anything is started. */
    int slots() {
        return slots;
    }

    /** Environments that run an invoke, and are billed, though nobody asks. */
    int kept() {
        return kept;
    }

    LocalLambda lambda() {
        return lambda;
    }

    /** Where users ask for a path. */
    URI url(String path) {
        return URI.create(url + path);
    }

    /** Waits until no more environments than that start or run: what the burst has started is done and paid for. */
    void awaitWorking(long most) throws IOException, InterruptedException {
        Await.until(
                "at most " + most + " environments at work",
                () -> lambda.usage().working() <= most);
    }

    @Override
    public void close() {
        if (router != null) {
            router.close();
        }
        lambda.close();
    }
}
