package io.lambdadispatch.client;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import io.lambdadispatch.client.io.Ticker;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The client between a scripted router and a scripted app. */
final class ClientRig implements AutoCloseable {
    final ScriptedRouter router;
    final ScriptedApp app = new ScriptedApp();
    final Map<String, String> environment = new HashMap<>();
    long remainingMillis = 120_000;
    String token;
    String pin;
    int channels = 2;

    final TickedTime time = new TickedTime();

    /** To be set before the first invoke. */
    Ticker ticker = time;

    private DispatchHandler handler;
    private volatile long invokedAt;
    private int invokes;

    ClientRig() throws Exception {
        this(new ScriptedRouter());
    }

    ClientRig(ScriptedRouter router) throws Exception {
        this.router = router;
        environment.put("LAMBDA_DISPATCH_PORT", Integer.toString(app.port()));
        // Only tests of the idle exit want it to happen by itself.
        environment.put("LAMBDA_DISPATCH_LAST_ACTIVE_GRACE_PERIOD_MS", "900000");
    }

    InvokeRequest request() {
        return new InvokeRequest(
                "pool-a", "lambda-" + ++invokes, router.url(), channels, Instant.now(), false, token, pin);
    }

    CompletableFuture<InvokeReply> invoke() throws Exception {
        return invoke(request());
    }

    CompletableFuture<InvokeReply> invoke(InvokeRequest request) throws Exception {
        router.instance = request.id();
        return invoke(request.toJson());
    }

    DispatchHandler handler() throws InterruptedException {
        if (handler == null) {
            handler = new DispatchHandler(environment, ticker, Duration.ZERO);
        }
        return handler;
    }

    /** Runs the handler as Lambda would, on a thread of its own. */
    CompletableFuture<InvokeReply> invoke(byte[] payload) throws Exception {
        DispatchHandler served = handler();
        CompletableFuture<InvokeReply> reply = new CompletableFuture<>();
        invokedAt = ticker.now();
        Thread thread = new Thread(
                () -> {
                    try {
                        ByteArrayOutputStream out = new ByteArrayOutputStream();
                        served.handleRequest(new ByteArrayInputStream(payload), out, new TimedContext());
                        reply.complete(InvokeReply.fromJson(new ByteArrayInputStream(out.toByteArray())));
                    } catch (Throwable e) {
                        reply.completeExceptionally(e);
                    }
                },
                "lambda");
        thread.setDaemon(true);
        thread.start();
        return reply;
    }

    /** Jumps to that moment of the running invoke, which has begun. */
    void jumpTo(Duration sinceItsBegin) {
        time.jumpTo(invokedAt + sinceItsBegin.toNanos());
    }

    static InvokeReply await(CompletableFuture<InvokeReply> reply) throws Exception {
        return reply.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static Throwable awaitFailure(CompletableFuture<InvokeReply> reply) throws Exception {
        try {
            throw new AssertionError("invoke ended properly: " + await(reply));
        } catch (ExecutionException | CompletionException e) {
            return e.getCause();
        }
    }

    /** Sends one request through the next channel and gives back the answer. */
    String exchange(String request) throws Exception {
        return router.nextChannel().send(request).end().answer();
    }

    /** Ends the running invoke the quickest way. */
    InvokeReply goAway(CompletableFuture<InvokeReply> reply) throws Exception {
        router.nextChannel()
                .send("GET /_lambda_dispatch/goaway HTTP/1.1\r\n\r\n")
                .end();
        return await(reply);
    }

    @Override
    public void close() throws Exception {
        router.close();
        app.close();
    }

    private final class TimedContext implements Context {
        private final long end = ticker.now() + TimeUnit.MILLISECONDS.toNanos(remainingMillis);

        @Override
        public int getRemainingTimeInMillis() {
            return (int) TimeUnit.NANOSECONDS.toMillis(end - ticker.now());
        }

        @Override
        public String getAwsRequestId() {
            return "request";
        }

        @Override
        public String getLogGroupName() {
            return "group";
        }

        @Override
        public String getLogStreamName() {
            return "stream";
        }

        @Override
        public String getFunctionName() {
            return "function";
        }

        @Override
        public String getFunctionVersion() {
            return "1";
        }

        @Override
        public String getInvokedFunctionArn() {
            return "arn";
        }

        @Override
        public CognitoIdentity getIdentity() {
            return null;
        }

        @Override
        public ClientContext getClientContext() {
            return null;
        }

        @Override
        public int getMemoryLimitInMB() {
            return 128;
        }

        @Override
        public LambdaLogger getLogger() {
            return null;
        }
    }
}
