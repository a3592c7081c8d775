package io.lambdadispatch.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.local.config.LocalLambdaSettings;
import io.lambdadispatch.local.fault.Faults;
import io.lambdadispatch.local.function.Refusal;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.ServiceException;
import software.amazon.awssdk.services.lambda.model.ThrottleReason;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/** The real AWS SDK takes local-lambda for AWS. */
class AwsSdkTest {
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:fn:live";

    private LocalLambda lambda;
    private LambdaAsyncClient client;

    @BeforeEach
    void start() throws Exception {
        lambda = LocalLambda.start(
                LocalLambdaSettings.of(StandInRuntime.function("fn").withConcurrency(1)));
        client = LambdaAsyncClient.builder()
                .endpointOverride(lambda.url())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
                .overrideConfiguration(configuration -> configuration.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        lambda.close();
    }

    private CompletableFuture<InvokeResponse> invoke(String function, String payload) {
        return client.invoke(request -> request.functionName(function).payload(SdkBytes.fromUtf8String(payload)));
    }

    @Test
    void invokes() throws Exception {
        InvokeResponse answer = Caller.result(invoke("fn", "\"answer yes\""));
        assertEquals("\"yes\"", answer.payload().asUtf8String());
        assertEquals("$LATEST", answer.executedVersion());
        assertEquals(200, answer.statusCode());
        assertNull(answer.functionError());
        assertEquals("1", Caller.result(invoke(ARN, "1")).payload().asUtf8String());

        InvokeResponse failed = Caller.result(invoke("fn:3", "\"exit 2\""));
        assertEquals("Unhandled", failed.functionError());
        assertTrue(failed.payload().asUtf8String().contains("exit status 2"));
        assertEquals("3", failed.executedVersion());
    }

    @Test
    void throwsAsWithAws() throws Exception {
        assertInstanceOf(ResourceNotFoundException.class, failure(invoke("nobody", "1")));
        try (Gate gate = new Gate()) {
            CompletableFuture<InvokeResponse> held = invoke("fn", gate.payload());
            gate.awaitArrivals(1);
            TooManyRequestsException throttled =
                    assertInstanceOf(TooManyRequestsException.class, failure(invoke("fn", "1")));
            assertEquals(ThrottleReason.RESERVED_FUNCTION_CONCURRENT_INVOCATION_LIMIT_EXCEEDED, throttled.reason());
            assertEquals("1", throttled.retryAfterSeconds());
            gate.open();
            assertEquals("\"through the gate\"", Caller.result(held).payload().asUtf8String());
        }
    }

    @Test
    void throwsWhatItIsAskedTo() {
        lambda.setFaults("fn", Faults.NONE.withRefusal(Refusal.CALLER_RATE_LIMIT));
        TooManyRequestsException throttled =
                assertInstanceOf(TooManyRequestsException.class, failure(invoke("fn", "1")));
        assertEquals(ThrottleReason.CALLER_RATE_LIMIT_EXCEEDED, throttled.reason());

        lambda.setFaults("fn", Faults.NONE.withRefusal(Refusal.SERVICE_ERROR));
        ServiceException internal = assertInstanceOf(ServiceException.class, failure(invoke("fn", "1")));
        assertEquals(500, internal.statusCode());

        lambda.setFaults("fn", Faults.NONE.withRefusal(Refusal.ACCESS_DENIED));
        LambdaException denied = assertInstanceOf(LambdaException.class, failure(invoke(ARN, "1")));
        assertEquals("AccessDeniedException", denied.awsErrorDetails().errorCode());
        assertEquals(403, denied.statusCode());
        assertTrue(denied.getMessage().contains("lambda:InvokeFunction on resource: " + ARN), denied::getMessage);

        lambda.setFaults("fn", Faults.NONE.withRefusal(Refusal.NOT_FOUND));
        assertInstanceOf(ResourceNotFoundException.class, failure(invoke("fn", "1")));
    }

    @Test
    void reasonsOfThrottlingAreAwss() {
        Set<String> ours = Arrays.stream(Refusal.values())
                .filter(Refusal::isThrottle)
                .map(Refusal::awsName)
                .collect(Collectors.toSet());
        assertEquals(
                ThrottleReason.knownValues().stream()
                        .map(ThrottleReason::toString)
                        .collect(Collectors.toSet()),
                ours);
    }

    private static Throwable failure(CompletableFuture<?> future) {
        return assertThrows(ExecutionException.class, () -> Caller.result(future))
                .getCause();
    }
}
