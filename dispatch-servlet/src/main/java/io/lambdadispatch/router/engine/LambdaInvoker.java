package io.lambdadispatch.router.engine;

import java.util.concurrent.CompletionStage;

/** Port to AWS Lambda. An adapter may be called from any thread, and must return without waiting for the invoke. */
public interface LambdaInvoker {
    /**
     * Starts an invoke and holds it open until the function answers (up to 15 minutes).
     *
     * @return completes exactly once, never exceptionally, on any thread
     */
    CompletionStage<InvokeOutcome> invoke(Invocation invocation);
}
