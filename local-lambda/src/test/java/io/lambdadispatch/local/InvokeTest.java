package io.lambdadispatch.local;

import static io.lambdadispatch.local.Caller.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.local.billing.EnvironmentStats;
import io.lambdadispatch.local.billing.FunctionStats;
import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import io.lambdadispatch.local.function.InvokeLimits;
import io.lambdadispatch.testkit.Await;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvokeTest {
    private LocalLambda lambda;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        lambda = LocalLambda.start(LocalLambdaSettings.of(StandInRuntime.function("fn")
                .withConcurrency(3)
                .withMemoryMb(512)
                .withEnvironment(Map.of("MINE", "yes"))));
        caller = new Caller(lambda.url());
    }

    @AfterEach
    void stop() {
        lambda.close();
    }

    @Test
    void startsColdThenReuses() throws Exception {
        HttpResponse<String> first = caller.invoke("fn", "\"pid\"");
        HttpResponse<String> second = caller.invoke("fn", "\"pid\"");

        assertEquals(200, first.statusCode());
        assertEquals(first.body(), second.body());
        assertNull(header(first, "X-Amz-Function-Error"));
        assertNotNull(header(first, "x-amzn-RequestId"));
        FunctionStats stats = lambda.stats().function("fn");
        assertEquals(2, stats.invokes());
        assertEquals(1, stats.coldStarts());
        assertEquals(1, stats.liveEnvironments());
        assertEquals(0, stats.busy());
        assertTrue(stats.initMs() > 0 && stats.billedMs() > stats.initMs(), stats::toString);
        EnvironmentStats environment = stats.environments().get(0);
        assertEquals(EnvironmentStats.State.IDLE, environment.state());
        assertEquals(0, environment.busyMs());
        assertEquals(2, environment.invokes());
        assertEquals(first.body(), Long.toString(environment.pid()));
    }

    @Test
    void takesOneEnvironmentForEachInvokeAtOnceAndThrottlesBeyond() throws Exception {
        try (Gate gate = new Gate()) {
            List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                held.add(caller.start("fn", gate.payload()));
            }
            gate.awaitArrivals(3);
            assertEquals(3, lambda.stats().function("fn").busy());
            Await.until(
                    "all have been running for a moment", () -> lambda.stats().function("fn").environments().stream()
                            .allMatch(environment -> environment.busyMs() >= 20));

            HttpResponse<String> refused = caller.invoke("fn", "1");

            assertEquals(429, refused.statusCode());
            assertEquals("TooManyRequestsException", header(refused, "x-amzn-ErrorType"));
            assertEquals("1", header(refused, "Retry-After"));
            assertTrue(refused.body().contains("ReservedFunctionConcurrentInvocationLimitExceeded"), refused::body);
            gate.open();
            for (CompletableFuture<HttpResponse<String>> one : held) {
                assertEquals("\"through the gate\"", Caller.result(one).body());
            }
        }
        assertEquals("1", caller.invoke("fn", "1").body());
        FunctionStats stats = lambda.stats().function("fn");
        assertEquals(3, stats.coldStarts());
        assertEquals(1, stats.throttles());
        assertEquals(4, stats.invokes());
    }

    @Test
    void tellsFunctionErrors() throws Exception {
        HttpResponse<String> failed = caller.invoke("fn", "\"error\"");

        assertEquals(200, failed.statusCode());
        assertEquals("Unhandled", header(failed, "X-Amz-Function-Error"));
        assertEquals("{\"errorType\":\"Stand.In\",\"errorMessage\":\"as asked\"}", failed.body());
        assertEquals(1, lambda.stats().function("fn").functionErrors());
    }

    @ParameterizedTest
    @CsvSource({
        "fn, $LATEST, :fn",
        "fn:7, 7, :fn:7",
        "fn%3Alive, $LATEST, :fn:live",
        "fn?Qualifier=8, 8, :fn:8",
        "arn:aws:lambda:eu-west-1:123456789012:function:fn, $LATEST, :fn",
        "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Afn%3A9, 9, :fn:9",
        "123456789012:function:fn, $LATEST, :fn",
    })
    void knowsNames(String name, String version, String arnEnd) throws Exception {
        HttpResponse<String> answer = caller.invoke(name, "\"headers\"");

        assertEquals(200, answer.statusCode(), answer::body);
        assertEquals(version, header(answer, "X-Amz-Executed-Version"));
        assertTrue(answer.body().contains("function" + arnEnd + "\""), answer::body);
    }

    @ParameterizedTest
    @CsvSource({
        "nobody, 1, 404, ResourceNotFoundException",
        "fn:1?Qualifier=2, 1, 400, InvalidParameterValueException",
        "a%20b, 1, 400, ValidationException",
        "fn, {nonsense, 400, InvalidRequestContentException",
        "fn, 1 2, 400, InvalidRequestContentException",
    })
    void refusesAsAws(String name, String payload, int status, String type) throws Exception {
        HttpResponse<String> refused = caller.invoke(name, payload);

        assertEquals(status, refused.statusCode());
        assertEquals(type, header(refused, "x-amzn-ErrorType"));
        assertEquals(0, lambda.stats().function("fn").invokes());
    }

    @Test
    void refusesTooLargePayloadsAndAnswers() throws Exception {
        HttpResponse<String> refused = caller.invoke("fn", "\"" + "x".repeat(InvokeLimits.PAYLOAD_BYTES) + "\"");
        assertEquals(413, refused.statusCode());
        assertEquals("RequestTooLargeException", header(refused, "x-amzn-ErrorType"));

        HttpResponse<String> failed = caller.invoke("fn", "\"large\"");
        assertEquals("Unhandled", header(failed, "X-Amz-Function-Error"));
        assertTrue(failed.body().contains("Function.ResponseSizeTooLarge"), failed::body);

        String largest = "\"" + "x".repeat(InvokeLimits.PAYLOAD_BYTES - 2) + "\"";
        assertEquals(largest, caller.invoke("fn", largest).body());
    }

    @Test
    void runsEventsInTheBackgroundAndNothingForADryRun() throws Exception {
        assertEquals(
                204, caller.invoke("fn", "1", "X-Amz-Invocation-Type", "DryRun").statusCode());
        assertEquals(0, lambda.stats().function("fn").invokes());
        try (Gate gate = new Gate()) {
            HttpResponse<String> accepted = caller.invoke("fn", gate.payload(), "X-Amz-Invocation-Type", "Event");
            assertEquals(202, accepted.statusCode());
            gate.awaitArrivals(1);
            assertEquals(1, lambda.stats().function("fn").busy());
        }
        Await.until("the event is done", () -> lambda.stats().function("fn").busy() == 0);
        assertEquals(
                400, caller.invoke("fn", "1", "X-Amz-Invocation-Type", "Odd").statusCode());
    }

    @Test
    void tellsTheRuntimeWhatAwsTells() throws Exception {
        long before = System.currentTimeMillis();
        String told = caller.invoke("fn", "\"headers\"", "X-Amz-Client-Context", "eyJhIjoxfQ==")
                .body();

        assertTrue(told.contains("\"lambda-runtime-client-context\":\"{'a':1}\""), told);
        assertTrue(told.contains("\"lambda-runtime-trace-id\":\"Root=1-"), told);
        long deadline = Long.parseLong(told.replaceAll(".*\"lambda-runtime-deadline-ms\":\"(\\d+)\".*", "$1"));
        long readTime = Long.parseLong(told.replaceAll("\\{\"time\":(\\d+).*", "$1"));
        long timeout = FunctionSettings.LONGEST_TIMEOUT.toMillis();
        assertTrue(deadline >= before + timeout && deadline <= readTime + timeout, told);
    }

    @ParameterizedTest
    @CsvSource({
        "AWS_LAMBDA_FUNCTION_NAME, fn",
        "AWS_LAMBDA_FUNCTION_VERSION, $LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE, 512",
        "AWS_LAMBDA_INITIALIZATION_TYPE, on-demand",
        "AWS_EXECUTION_ENV, AWS_Lambda_java17",
        "AWS_REGION, us-east-1",
        "TZ, :UTC",
        "MINE, yes",
    })
    void setsVariables(String name, String value) throws Exception {
        assertEquals(
                "\"" + value + "\"",
                caller.invoke("fn", "\"variable " + name + "\"").body());
    }

    @Test
    void answersHealthAndStats() throws Exception {
        caller.invoke("fn", "1");
        assertEquals(200, caller.get("/health").statusCode());
        String stats = caller.get("/local-lambda/stats").body();
        assertTrue(
                stats.startsWith("{\"functions\":{\"fn\":{\"environments\":1,\"busy\":0,"
                        + "\"attempts\":1,\"invokes\":1,\"coldStarts\":1,\"throttles\":0,"),
                stats);
        assertTrue(stats.contains("\"state\":\"IDLE\"") && stats.contains("\"frozen\":false"), stats);
        assertEquals(404, caller.get("/else").statusCode());
    }
}
