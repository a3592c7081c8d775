package io.lambdadispatch.router.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.router.engine.Identity;
import io.lambdadispatch.router.engine.Invocation;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.InvokeOutcome.Answered;
import io.lambdadispatch.router.engine.InvokeOutcome.Failed;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import io.lambdadispatch.testkit.ReservedPort;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;

/** The real SDK against a small HTTP server. */
class SdkLambdaInvokerTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00.5Z");
    private static final Invocation INVOCATION =
            Invocation.channels("app:live", "default", new Identity("i-1", "geheim"), 20, false);
    private static final String REPLY = new String(
            new InvokeReply("default", "i-1", 3, 900, ExitReason.SELF_LAST_ACTIVE).toJson(), StandardCharsets.UTF_8);

    private FakeLambdaApi api;
    private SdkLambdaInvoker invoker;

    @BeforeEach
    void start() throws IOException {
        api = new FakeLambdaApi();
        invoker = invoker(LambdaClients.create(Optional.of(api.url()), Optional.of("eu-west-1")));
    }

    @AfterEach
    void stop() {
        invoker.close();
        api.close();
    }

    private static SdkLambdaInvoker invoker(LambdaAsyncClient client) {
        return new SdkLambdaInvoker(
                client,
                () -> URI.create("https://10.0.0.7:5004/api/chunked"),
                "abcdef",
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static InvokeOutcome outcome(SdkLambdaInvoker invoker) throws Exception {
        return invoker.invoke(INVOCATION).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private Failed failure() throws Exception {
        return assertInstanceOf(Failed.class, outcome(invoker));
    }

    @Test
    void anAnsweredInvokeCarriesTheWholeRequestAndIsAnswered() throws Exception {
        api.answer(200, Map.of(), REPLY);
        Answered answered = assertInstanceOf(Answered.class, outcome(invoker));
        assertEquals(new InvokeReply("default", "i-1", 3, 900, ExitReason.SELF_LAST_ACTIVE), answered.reply());

        FakeLambdaApi.Call call = api.calls.get(0);
        assertEquals("/2015-03-31/functions/app%3Alive/invocations", call.path());
        assertEquals("RequestResponse", call.invocationType());
        assertTrue(call.authorization().contains("/eu-west-1/lambda/"), call.authorization());
        assertEquals(
                new InvokeRequest(
                        "default", "i-1", "https://10.0.0.7:5004/api/chunked", 20, NOW, false, "geheim", "abcdef"),
                InvokeRequest.fromJson(new ByteArrayInputStream(call.body().getBytes(StandardCharsets.UTF_8))));
    }

    @ParameterizedTest
    @CsvSource({
        "429, TooManyRequestsException, THROTTLED",
        "403, AccessDeniedException, ACCESS_DENIED",
        "403, ExpiredTokenException, ACCESS_DENIED",
        "404, ResourceNotFoundException, NOT_FOUND",
        "500, ServiceException, UNREACHABLE",
        "502, EC2UnexpectedException, UNREACHABLE",
        "409, ResourceConflictException, OTHER",
        "413, RequestTooLargeException, OTHER"
    })
    void whatAwsRefusesIsToldWithItsReasonAndNotTriedAgain(int status, String code, Reason reason) throws Exception {
        api.error(status, code, "because");
        Failed failed = failure();
        assertEquals(reason, failed.reason());
        assertEquals("AWS Lambda answered " + status + ' ' + code + ": because (request request-1)", failed.message());
        assertEquals(1, api.calls.size());
    }

    @Test
    void aFunctionErrorIsToldInOneShortLine() throws Exception {
        api.answer(
                200,
                Map.of("X-Amz-Function-Error", "Unhandled"),
                "{\"errorMessage\":\"RequestId: 1 Error: Runtime exited\\n" + "x".repeat(5_000)
                        + "\",\"errorType\":\"Runtime.ExitError\",\"stackTrace\":[\"a\",{\"b\":1}]}");
        Failed failed = failure();
        assertEquals(Reason.FUNCTION_ERROR, failed.reason());
        assertTrue(
                failed.message()
                        .startsWith(
                                "function error (Unhandled): Runtime.ExitError: RequestId: 1 Error: Runtime exited xx"),
                failed.message());
        assertTrue(failed.message().length() < 600, failed.message());
        assertFalse(failed.message().contains("\n"));
    }

    @Test
    void aFunctionErrorOfAnyTextIsTold() throws Exception {
        api.answer(200, Map.of("X-Amz-Function-Error", "Handled"), "\"out of order\"");
        assertEquals("function error (Handled): \"out of order\"", failure().message());
    }

    @ParameterizedTest
    @CsvSource({"'hello, I am another function'", "'{\"statusCode\":200}'", "'null'", "''", "'{\"Id\":\"i-1\"'"})
    void anAnswerThatIsNoReplyIsNoSuccess(String body) throws Exception {
        api.answer(200, Map.of(), body);
        Failed failed = failure();
        assertEquals(Reason.OTHER, failed.reason());
        assertEquals("the function did not answer as a Lambda Dispatch client: " + body, failed.message());
    }

    @Test
    void refusedConnectionIsUnreachable() throws Exception {
        try (ReservedPort nobody = new ReservedPort();
                SdkLambdaInvoker lonely = invoker(LambdaClients.create(
                        Optional.of(URI.create("http://127.0.0.1:" + nobody.number())), Optional.of("eu-west-1")))) {
            Failed failed = assertInstanceOf(Failed.class, outcome(lonely));
            assertEquals(Reason.UNREACHABLE, failed.reason());
            assertTrue(failed.message().contains("Connection refused"), failed.message());
        }
    }

    @Test
    void connectionCutInTheMiddleIsUnreachable() throws Exception {
        CompletableFuture<InvokeOutcome> outcome = invoker.invoke(INVOCATION).toCompletableFuture();
        FakeLambdaApi.Call call = api.held.take();
        call.exchange().close();
        assertEquals(
                Reason.UNREACHABLE,
                assertInstanceOf(Failed.class, outcome.get(20, TimeUnit.SECONDS))
                        .reason());
    }

    @Test
    void missingCredentialsAreAccessDenied() throws Exception {
        // System properties hold no credentials here, so this chain has none.
        AwsCredentialsProviderChain none = AwsCredentialsProviderChain.builder()
                .credentialsProviders(SystemPropertyCredentialsProvider.create())
                .build();
        LambdaAsyncClient client = LambdaAsyncClient.builder()
                .region(Region.EU_WEST_1)
                .endpointOverride(api.url())
                .credentialsProvider(new RequiredCredentials(none))
                .httpClientBuilder(defaults -> InvokeConnections.open(Duration.ofSeconds(5), defaults))
                .build();
        try (SdkLambdaInvoker poor = invoker(client)) {
            Failed failed = assertInstanceOf(Failed.class, outcome(poor));
            assertEquals(Reason.ACCESS_DENIED, failed.reason());
            assertTrue(failed.message().startsWith("no AWS credentials: "), failed.message());
        }
        assertEquals(0, api.calls.size());
    }

    @Test
    void whateverIsThrownOnTheWayIsAnOutcome() throws Exception {
        Supplier<URI> notYet = () -> {
            throw new IllegalStateException("no port yet");
        };
        try (SdkLambdaInvoker early = new SdkLambdaInvoker(
                LambdaClients.create(Optional.of(api.url()), Optional.of("eu-west-1")),
                notYet,
                null,
                Clock.systemUTC())) {
            Failed failed = assertInstanceOf(Failed.class, outcome(early));
            assertEquals(Reason.OTHER, failed.reason());
            assertTrue(failed.message().contains("no port yet"), failed.message());
        }
    }

    @Test
    void hundredsOfInvokesAreHeldOpenOnFewThreads() throws Exception {
        outcomeOfWarmUp();
        int before = Thread.activeCount();
        List<CompletableFuture<InvokeOutcome>> open = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            open.add(invoker.invoke(INVOCATION).toCompletableFuture());
        }
        List<FakeLambdaApi.Call> held = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            held.add(api.held.poll(20, TimeUnit.SECONDS));
        }
        assertFalse(held.contains(null), "fewer than 200 are open");
        int more = Thread.activeCount() - before;
        assertTrue(more < 20, more + " more threads for 200 open invokes");
        assertTrue(open.stream().noneMatch(CompletableFuture::isDone));

        held.forEach(call -> api.release(call, REPLY));
        for (CompletableFuture<InvokeOutcome> outcome : open) {
            assertInstanceOf(Answered.class, outcome.get(20, TimeUnit.SECONDS));
        }
    }

    private Optional<Failed> outcomeOfWarmUp() throws Exception {
        api.answer(204, Map.of(), "");
        return invoker.warmUp("app:live").toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void warmUpIsADryRun() throws Exception {
        assertEquals(Optional.empty(), outcomeOfWarmUp());
        assertEquals("DryRun", api.calls.get(0).invocationType());
        assertEquals("", api.calls.get(0).body());
    }

    @Test
    void warmUpTellsWhatWouldFail() throws Exception {
        api.error(404, "ResourceNotFoundException", "Function not found");
        Optional<Failed> failed = invoker.warmUp("app").toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertEquals(Reason.NOT_FOUND, failed.orElseThrow().reason());
    }

    @Test
    void invokeReturnsAtOnceAlthoughTheCallItselfIsSlow() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        try (SdkLambdaInvoker waiting = new SdkLambdaInvoker(
                LambdaClients.create(Optional.of(api.url()), Optional.of("eu-west-1")),
                () -> {
                    awaitUninterrupted(slow);
                    return URI.create("https://10.0.0.7:5004/api/chunked");
                },
                null,
                Clock.systemUTC())) {
            CompletableFuture<InvokeOutcome> outcome =
                    waiting.invoke(INVOCATION).toCompletableFuture();
            assertFalse(outcome.isDone());
            api.answer(200, Map.of(), REPLY);
            slow.countDown();
            assertInstanceOf(Answered.class, outcome.get(20, TimeUnit.SECONDS));
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void closingEndsOpenInvokesAsFailed() throws Exception {
        CompletableFuture<InvokeOutcome> open = invoker.invoke(INVOCATION).toCompletableFuture();
        api.held.take();
        invoker.close();
        assertInstanceOf(Failed.class, open.get(20, TimeUnit.SECONDS));
        Failed late = assertInstanceOf(Failed.class, outcome(invoker));
        assertEquals("not invoked: the router is stopping", late.message());
    }

    @Test
    void withoutTlsNoCertificateIsSent() throws Exception {
        try (SdkLambdaInvoker insecure = new SdkLambdaInvoker(
                LambdaClients.create(Optional.of(api.url()), Optional.empty()),
                () -> URI.create("http://10.0.0.7:5003/api/chunked"),
                null,
                Clock.systemUTC())) {
            api.answer(200, Map.of(), REPLY);
            outcome(insecure);
        }
        InvokeRequest request = InvokeRequest.fromJson(
                new ByteArrayInputStream(api.calls.get(0).body().getBytes(StandardCharsets.UTF_8)));
        assertNull(request.routerCertificateSha256());
    }
}
