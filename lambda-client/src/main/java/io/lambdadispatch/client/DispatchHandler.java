package io.lambdadispatch.client;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.lambdadispatch.client.app.App;
import io.lambdadispatch.client.app.AppUnreachableError;
import io.lambdadispatch.client.config.ClientConfig;
import io.lambdadispatch.client.config.Logging;
import io.lambdadispatch.client.invoke.Invoke;
import io.lambdadispatch.client.invoke.InvokeTimes;
import io.lambdadispatch.client.io.IoReactor;
import io.lambdadispatch.client.io.Ticker;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.protocol.ProtocolException;
import java.io.IOError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Lambda function: each invoke serves many users' requests over channels to the router that sent it. Its constructor is
 * the init phase and waits for the app. An unusable invoke is answered; only an app that cannot be reached makes an invoke
 * fail, and then ends the environment ({@link AppUnreachableError}).
 *
 * <p>Lambda runs one invoke at a time in an environment; the thread that runs it waits for its end and does nothing else.
 */
public final class DispatchHandler implements RequestStreamHandler {
    static {
        Logging.configure(System.getenv());
    }

    private static final Logger LOG = LoggerFactory.getLogger(DispatchHandler.class);
    private static final Duration ASYNC_INIT_LEAVES_AFTER = Duration.ofMillis(9_500);
    /** Longer than any invoke. */
    private static final Duration UNTIL_THE_DEADLINE = Duration.ofHours(1);

    private static final Duration STALE_AFTER = Duration.ofSeconds(5);
    private static final Duration FOR_EVER = Duration.ofDays(1);

    /** An invoke answers by itself in time; one that has not by this much later never will. */
    private static final long OVERDUE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /** Of an invoke's time, for the answer that its app is not there. */
    private static final Duration TIME_TO_FAIL = Duration.ofMillis(200);

    /** Lambda kills 500 ms after SIGTERM; the property is for who leaves more. */
    private static final long SHUTDOWN_MILLIS = Long.getLong("lambda.dispatch.shutdown.millis", 450);

    /** The app needs some of that, and what runs needs the app. */
    private static final long DRAIN_MILLIS = SHUTDOWN_MILLIS - 200;

    private final ClientConfig config;

    /** Kept from being collected, for its socket must stay open; {@code null} without an Extensions API. */
    @SuppressWarnings({"unused", "FieldCanBeLocal"})
    private final InternalExtension extension;

    private final App app;
    private volatile IoReactor reactor = new IoReactor(DispatchHandler::reactorDied);

    @SuppressWarnings({"unused", "FieldCanBeLocal"})
    private final SnapStart snapStart;

    private final Ticker ticker;
    private final Clock clock = Clock.systemUTC();
    private volatile Invoke running;
    private volatile CompletableFuture<InvokeReply> runningResult;
    private volatile boolean isInvoked;

    /** For the AWS runtime: settings from the environment. Waits for the app. */
    public DispatchHandler() throws InterruptedException {
        this(System.getenv(), Ticker.system(), processAge());
    }

    /**
     * @param environment variables as {@link ClientConfig#from} reads them
     * @throws IllegalArgumentException when settings are unusable; told all at once
     * @throws AppUnreachableError when the app ends instead of becoming healthy
     */
    public DispatchHandler(Map<String, String> environment) throws InterruptedException {
        this(environment, Ticker.system(), Duration.ZERO);
    }

    /**
     * With a clock of the caller's.
     *
     * @param initTook what of Lambda's time for the init phase has gone by already
     */
    DispatchHandler(Map<String, String> environment, Ticker ticker, Duration initTook) throws InterruptedException {
        this.config = ClientConfig.from(environment);
        this.ticker = ticker;
        this.extension = InternalExtension.register(environment);
        this.app = App.of(config, System.out);
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "lambda-dispatch-shutdown"));
        waitForAppInInit(initTook);
        app.onDeath(this::appDied);
        this.snapStart = SnapStart.register(this, environment);
    }

    /** File descriptors do not belong into a snapshot. */
    void closeReactor() {
        reactor.close();
    }

    void openReactor() {
        reactor = new IoReactor(DispatchHandler::reactorDied);
    }

    /** Nothing can be sent or received any more, so Lambda is to start a new environment. */
    private static void reactorDied() {
        LOG.error("this environment ends: its I/O thread has ended");
        System.exit(1);
    }

    /** Without {@code ASYNC_INIT} it is Lambda that sets the limit, and starts over when it is passed. */
    private void waitForAppInInit(Duration initTook) throws InterruptedException {
        boolean healthy = app.awaitHealthy(config.asyncInit() ? leftOfInit(initTook) : FOR_EVER);
        if (!healthy) {
            LOG.warn("the app is not healthy yet; the first invoke waits on");
        }
    }

    static Duration leftOfInit(Duration took) {
        Duration left = ASYNC_INIT_LEAVES_AFTER.minus(took);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Lambda's ten seconds for the init phase begin before the JVM does. */
    private static Duration processAge() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()))
                .filter(age -> !age.isNegative())
                .orElse(Duration.ZERO);
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context lambda) throws IOException {
        boolean isFatal = false;
        isInvoked = true;
        try {
            handle(input, output, lambda);
        } catch (IOError | VirtualMachineError e) {
            // The runtime is still to report it, and ends this environment then.
            isFatal = true;
            throw e;
        } finally {
            isInvoked = isFatal;
        }
        // It may have died when nobody asked for it any more.
        app.death().ifPresent(this::appDied);
    }

    private void handle(InputStream input, OutputStream output, Context lambda) throws IOException {
        long startedAt = ticker.now();
        InvokeReply reply = reply(input, startedAt, remainingMillis(lambda));
        LOG.info(
                "invoke {} ends: {}, {} requests, {} ms",
                reply.id(),
                reply.exitReason(),
                reply.requestCount(),
                reply.invokeDurationMs());
        output.write(reply.toJson());
    }

    private long remainingMillis(Context lambda) {
        long remaining = lambda.getRemainingTimeInMillis();
        return config.forcedDeadline()
                .map(Duration::toMillis)
                .map(forced -> Math.min(forced, remaining))
                .orElse(remaining);
    }

    private InvokeReply reply(InputStream input, long startedAt, long remainingMillis) {
        InvokeRequest request;
        try {
            request = InvokeRequest.fromJson(input);
        } catch (IOException e) {
            return invalid(null, startedAt, e instanceof ProtocolException ? e.getMessage() : e.toString());
        }
        List<String> faults = request.faults();
        if (!faults.isEmpty()) {
            return invalid(request, startedAt, String.join("; ", faults));
        }
        LOG.info(
                "invoke {} begins: pool {}, {} channels{}",
                request.id(),
                request.poolIdOrDefault(),
                request.numberOfChannels(),
                request.initOnly() ? ", init only" : "");
        requireHealthyApp(remainingMillis);
        if (request.initOnly()) {
            return ended(request, startedAt, ExitReason.SELF_INIT_ONLY);
        }
        if (isStale(request)) {
            return ended(request, startedAt, ExitReason.SELF_STALE_REQUEST);
        }
        Duration grace = request.staysIdle() ? UNTIL_THE_DEADLINE : config.lastActiveGrace();
        return serve(request, InvokeTimes.of(startedAt, remainingMillis, grace));
    }

    private InvokeReply invalid(InvokeRequest request, long startedAt, String why) {
        LOG.warn("unusable invoke: {}", why);
        return ended(request, startedAt, ExitReason.ROUTER_LAMBDA_INVOKE_INVALID);
    }

    private InvokeReply ended(InvokeRequest request, long startedAt, ExitReason reason) {
        String pool = request == null ? null : request.poolIdOrDefault();
        String id = request == null ? null : request.id();
        return new InvokeReply(pool, id, 0, TimeUnit.NANOSECONDS.toMillis(ticker.now() - startedAt), reason);
    }

    private void requireHealthyApp(long remainingMillis) {
        Duration left = Duration.ofMillis(remainingMillis).minus(TIME_TO_FAIL);
        Duration longest = config.asyncInitTimeout().compareTo(left) < 0 ? config.asyncInitTimeout() : left;
        try {
            if (!app.awaitHealthy(longest)) {
                throw new AppUnreachableError("the app on port " + config.appPort() + " is not healthy after "
                        + longest.toMillis() + " ms of this invoke");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppUnreachableError("interrupted while waiting for the app");
        }
    }

    private boolean isStale(InvokeRequest request) {
        Instant sent = request.sentTime();
        return config.forcedDeadline().isPresent()
                && sent != null
                && Duration.between(sent, clock.instant()).compareTo(STALE_AFTER) > 0;
    }

    private InvokeReply serve(InvokeRequest request, InvokeTimes times) {
        Invoke invoke;
        try {
            invoke = new Invoke(request, times, config, app, reactor, ticker);
        } catch (IllegalArgumentException e) {
            return invalid(request, times.startedAt(), e.getMessage());
        }
        try {
            CompletableFuture<InvokeReply> result = invoke.start();
            runningResult = result;
            running = invoke;
            // It may have ended before there was an invoke to tell.
            app.death().ifPresent(invoke::appDied);
            return await(result, times.replyAt() - ticker.now());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AppUnreachableError gone) {
                LOG.error("invoke {} fails, and this environment ends: {}", request.id(), gone.getMessage());
                throw gone;
            }
            throw new IllegalStateException("invoke " + request.id() + " failed", e.getCause());
        } catch (TimeoutException e) {
            LOG.error("invoke {} fails, and this environment ends: nothing has ended it in time", request.id());
            // Like AppUnreachableError, for the same reason.
            throw new IOError(new IOException("invoke " + request.id() + " did not end in time", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("invoke " + request.id() + " was interrupted", e);
        } finally {
            running = null;
            runningResult = null;
        }
    }

    private static InvokeReply await(CompletableFuture<InvokeReply> result, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return result.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // In a process that was frozen the timer has not run either, and now ends the invoke.
            return result.get(OVERDUE_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** Between invokes there is nobody to tell, and no use in waiting for the next one, which would fail. */
    private void appDied(AppUnreachableError death) {
        Invoke invoke = running;
        if (invoke != null) {
            LOG.error("{}", death.getMessage());
            invoke.appDied(death);
        } else if (isInvoked) {
            // Whoever deals with it finds that out, or has found out already.
            LOG.error("{}", death.getMessage());
        } else {
            LOG.error("this environment ends: {}", death.getMessage());
            System.exit(1);
        }
    }

    /** SIGTERM: tells the router, gives what is in flight some time, and ends the app. */
    private void shutDown() {
        long begin = System.nanoTime();
        drain();
        app.terminate(SHUTDOWN_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    private void drain() {
        Invoke invoke = running;
        CompletableFuture<InvokeReply> result = runningResult;
        if (invoke != null && result != null) {
            invoke.leave();
            try {
                result.get(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // The time is over, or there is nobody to tell.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
