package io.lambdadispatch.router.aws;

import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.router.engine.Invocation;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.InvokeOutcome.Answered;
import io.lambdadispatch.router.engine.InvokeOutcome.Failed;
import io.lambdadispatch.router.engine.LambdaInvoker;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

/**
 * Invokes through the AWS SDK, synchronously in AWS's terms ({@code RequestResponse}): the call is open for as long as the
 * instance lives, and holds a connection but no thread.
 *
 * <p>Thread-safe. Each call is made up and signed on one thread of this object's own, {@code lambda-invoke}, because the
 * SDK loads classes and fetches credentials on the thread that calls it, which can take seconds. Outcomes are completed
 * on the SDK's own threads, {@code sdk-async-response-…}.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke</a>
 */
public final class SdkLambdaInvoker implements LambdaInvoker, AutoCloseable {
    private final LambdaAsyncClient client;
    private final Supplier<URI> callbackUrl;
    private final String routerCertificateSha256;
    private final Clock clock;
    private final ExecutorService caller = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "lambda-invoke");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * An invoker that takes the client over, and closes it in the end.
     *
     * @param callbackUrl where instances call back; asked at each invoke, for the port may be known only after a start
     * @param routerCertificateSha256 hex SHA-256 of the router's certificate, or {@code null} without TLS
     * @param clock for {@code SentTime}, which clients compare with their own wall clock
     */
    public SdkLambdaInvoker(
            LambdaAsyncClient client, Supplier<URI> callbackUrl, String routerCertificateSha256, Clock clock) {
        this.client = client;
        this.callbackUrl = callbackUrl;
        this.routerCertificateSha256 = routerCertificateSha256;
        this.clock = clock;
    }

    @Override
    public CompletionStage<InvokeOutcome> invoke(Invocation invocation) {
        return send(() -> client.invoke(request -> request.functionName(invocation.function())
                        .invocationType(InvocationType.REQUEST_RESPONSE)
                        .payload(payload(invocation))))
                .thenApply(SdkLambdaInvoker::outcome)
                .exceptionally(InvokeFailure::of);
    }

    /**
     * Does everything that an invoke needs except running the function ({@code InvocationType=DryRun}, which AWS does
     * not bill): loads the SDK, fetches credentials, opens a connection, and has AWS check the function's name and the
     * permission. Do it at start, so that the first user does not wait for it, and log what it says.
     *
     * @return what would make an invoke fail, empty when nothing would; never completes exceptionally
     */
    public CompletionStage<Optional<Failed>> warmUp(String function) {
        return send(() ->
                        client.invoke(request -> request.functionName(function).invocationType(InvocationType.DRY_RUN)))
                .thenApply(response -> Optional.<Failed>empty())
                .exceptionally(failure -> Optional.of(InvokeFailure.of(failure)));
    }

    private CompletionStage<InvokeResponse> send(Supplier<CompletableFuture<InvokeResponse>> call) {
        try {
            return CompletableFuture.completedFuture(null).thenComposeAsync(ignored -> call.get(), caller);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private SdkBytes payload(Invocation invocation) {
        InvokeRequest request = new InvokeRequest(
                invocation.poolId(),
                invocation.instanceId(),
                callbackUrl.get().toString(),
                invocation.channels(),
                clock.instant(),
                invocation.initOnly(),
                invocation.staysIdle(),
                invocation.channelToken(),
                routerCertificateSha256);
        return SdkBytes.fromByteArrayUnsafe(request.toJson());
    }

    private static InvokeOutcome outcome(InvokeResponse response) {
        if (response.functionError() != null) {
            return InvokeFailure.ofFunction(response);
        }
        try {
            InvokeReply reply = InvokeReply.fromJson(response.payload().asInputStream());
            if (reply.id() != null) {
                return new Answered(reply);
            }
        } catch (IOException e) {
            // Told below, with the answer itself.
        }
        return InvokeFailure.ofForeignAnswer(response);
    }

    /** Ends the invokes that are open, as failed; instances go on until their router is gone. */
    @Override
    public void close() {
        caller.shutdown();
        client.close();
    }
}
