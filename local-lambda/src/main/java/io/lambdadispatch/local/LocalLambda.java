package io.lambdadispatch.local;

import io.lambdadispatch.local.billing.FunctionStats;
import io.lambdadispatch.local.billing.LocalLambdaStats;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import io.lambdadispatch.local.environment.EnvironmentLogs;
import io.lambdadispatch.local.environment.ExecutionEnvironment;
import io.lambdadispatch.local.environment.LambdaFunction;
import io.lambdadispatch.local.environment.Machine;
import io.lambdadispatch.local.fault.Faults;
import io.lambdadispatch.local.invoke.FunctionUrlHandler;
import io.lambdadispatch.local.invoke.InvokeApiHandler;
import io.lambdadispatch.local.runtime.RuntimeApi;
import io.lambdadispatch.local.runtime.RuntimeApiHandler;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AWS Lambda on one machine: callers invoke functions over HTTP at {@link #url()}, environments run as child processes.
 * Safe for use by threads. All threads are daemons, their number does not grow with invokes; only the JDK adds a small
 * one for each child process.
 */
public final class LocalLambda implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalLambda.class);
    private static final int MAX_THREADS = 16;
    private static final Duration LONGEST_SHUTDOWN = Duration.ofSeconds(10);

    private final Map<String, LambdaFunction> functions = new HashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Server server;
    private final ServerConnector connector;
    private final EnvironmentLogs logs;
    private final Machine machine;

    private LocalLambda(LocalLambdaSettings settings) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
        threads.setName("local-lambda");
        threads.setDaemon(true);
        server = new Server(threads);
        // Never blocking, so that no request is handed from the selector to another thread.
        server.setDynamic(false);
        connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(httpConfiguration()));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setAcceptQueueSize(1024);
        // An invoke is silent for as long as the function runs, a runtime for as long as nobody calls.
        connector.setIdleTimeout(0);
        server.addConnector(connector);
        RuntimeApi runtimeApi = new RuntimeApi(connector);
        logs = EnvironmentLogs.open(settings, System.out);
        machine = new Machine(settings, UUID.randomUUID() + "/", runtimeApi, logs);
        settings.functions().forEach((name, function) -> functions.put(name, new LambdaFunction(function, machine)));
        Handler.Sequence handlers = new Handler.Sequence(
                false,
                List.of(
                        new RuntimeApiHandler(runtimeApi),
                        new InvokeApiHandler(functions),
                        new FunctionUrlHandler(functions),
                        new ControlHandler(this, machine)));
        server.setHandler(handlers);
    }

    private static HttpConfiguration httpConfiguration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(32 * 1024);
        http.setResponseHeaderSize(32 * 1024);
        return http;
    }

    /**
     * Starts it; it takes invokes when this returns.
     *
     * @throws IOException when it cannot listen at the address of {@code settings}, or cannot write logs
     */
    public static LocalLambda start(LocalLambdaSettings settings) throws IOException {
        LocalLambda lambda = new LocalLambda(settings);
        try {
            lambda.server.start();
            return lambda;
        } catch (IOException e) {
            lambda.close();
            throw e;
        } catch (Exception e) {
            lambda.close();
            throw new IOException("local-lambda did not start", e);
        }
    }

    /** Where the Invoke API is, without a path: {@code http://127.0.0.1:9001}. */
    public URI url() {
        String host = connector.getHost() == null || connector.getHost().equals("0.0.0.0")
                ? "127.0.0.1"
                : connector.getHost();
        return URI.create("http://" + host + ":" + connector.getLocalPort());
    }

    /** The figures of this moment. */
    public LocalLambdaStats stats() {
        Map<String, FunctionStats> stats = new HashMap<>();
        functions.forEach((name, function) -> stats.put(name, function.stats()));
        return new LocalLambdaStats(stats);
    }

    /**
     * What goes wrong with a function at present, on purpose.
     *
     * @throws IllegalArgumentException when there is no such function
     */
    public Faults faults(String function) {
        return function(function).faults();
    }

    /**
     * What is to go wrong with a function from now on, instead of what did until now.
     *
     * @throws IllegalArgumentException when there is no such function
     */
    public void setFaults(String function, Faults faults) {
        function(function).setFaults(faults);
    }

    private LambdaFunction function(String name) {
        return functionNamed(name).orElseThrow(() -> new IllegalArgumentException("no function " + name));
    }

    Optional<LambdaFunction> functionNamed(String name) {
        return Optional.ofNullable(functions.get(name));
    }

    /**
     * Kills an environment with SIGKILL, all its processes; an invoke that it runs fails with {@code Runtime.ExitError}.
     * When this returns, the environment gets nothing more; its processes are gone a few milliseconds later.
     *
     * @return false when there is no such environment (any more)
     */
    public boolean kill(String environmentId) {
        Optional<ExecutionEnvironment> environment = environment(environmentId);
        environment.ifPresent(ExecutionEnvironment::kill);
        return environment.isPresent();
    }

    /**
     * Stops all processes of an environment (SIGSTOP), whatever they are at, so that it is to its peers like one whose
     * network was cut. The function's time-out goes on. When this returns, they are stopped; that takes milliseconds.
     *
     * @return false when there is no such environment (any more)
     */
    public boolean freeze(String environmentId) {
        Optional<ExecutionEnvironment> environment = environment(environmentId);
        environment.ifPresent(ExecutionEnvironment::freeze);
        return environment.isPresent();
    }

    /**
     * Lets the processes of an environment go on (SIGCONT) that was frozen or hangs, unless it is idle and idle ones are
     * frozen.
     *
     * @return false when there is no such environment (any more)
     */
    public boolean thaw(String environmentId) {
        Optional<ExecutionEnvironment> environment = environment(environmentId);
        environment.ifPresent(ExecutionEnvironment::thaw);
        return environment.isPresent();
    }

    private Optional<ExecutionEnvironment> environment(String id) {
        return functions.values().stream()
                .flatMap(function -> function.environment(id).stream())
                .findFirst();
    }

    /**
     * Ends all: running invokes fail, environments, thawed if need be, get SIGTERM and, 500 ms later, SIGKILL. When this returns, no process
     * of any environment is left.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        List<ExecutionEnvironment> environments = functions.values().stream()
                .flatMap(function -> function.close().stream())
                .toList();
        if (Machine.canEndAllAtOnce()) {
            endTogether(environments);
        } else {
            endEach(environments);
        }
        stopServer();
        machine.close();
        logs.close();
    }

    private void endTogether(List<ExecutionEnvironment> environments) {
        environments.forEach(ExecutionEnvironment::abandon);
        machine.endAll();
    }

    private static void endEach(List<ExecutionEnvironment> environments) {
        environments.forEach(ExecutionEnvironment::shutDown);
        CompletableFuture<?>[] gone =
                environments.stream().map(ExecutionEnvironment::gone).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(gone).get(LONGEST_SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("some processes took too long to end", e);
        }
    }

    private void stopServer() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the server did not stop well", e);
        }
    }
}
