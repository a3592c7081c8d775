package io.lambdadispatch.local.function;

import io.lambdadispatch.local.config.FunctionName;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One invoke on its way: what the caller sent, and the result that the caller waits for. Safe for use by threads. */
public final class Invocation {
    private final String requestId = UUID.randomUUID().toString();
    private final CompletableFuture<InvokeResult> result = new CompletableFuture<>();
    private final FunctionName function;
    private final byte[] payload;
    private final String traceId;
    private final String clientContext;

    /**
     * @param payload the JSON that the function gets
     * @param traceId value of {@code X-Amzn-Trace-Id}
     * @param clientContext the caller's client context as JSON, or {@code null}
     */
    public Invocation(FunctionName function, byte[] payload, String traceId, String clientContext) {
        this.function = function;
        this.payload = payload;
        this.traceId = traceId;
        this.clientContext = clientContext;
    }

    public String requestId() {
        return requestId;
    }

    public FunctionName function() {
        return function;
    }

    public byte[] payload() {
        return payload;
    }

    public String traceId() {
        return traceId;
    }

    public String clientContext() {
        return clientContext;
    }

    /** Ends it; only the first time counts. */
    public void complete(InvokeResult ended) {
        result.complete(ended);
    }

    /** Tells {@code waiting} the result when there is one. */
    public void onResult(Consumer<InvokeResult> waiting) {
        CompletableFuture<Void> unused = result.thenAccept(waiting);
    }
}
