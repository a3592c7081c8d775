package io.lambdadispatch.local;

import static io.lambdadispatch.local.Caller.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.local.billing.FunctionStats;
import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import io.lambdadispatch.local.fault.Faults;
import io.lambdadispatch.testkit.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FunctionUrlTest {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private LocalLambda lambda;

    @AfterEach
    void stop() {
        lambda.close();
    }

    private void startAnswering(String result) throws Exception {
        start(StandInRuntime.function("fn").withEnvironment(Map.of("STAND_IN_RESULT", result)));
    }

    private void start(FunctionSettings function) throws Exception {
        lambda = LocalLambda.start(LocalLambdaSettings.of(function));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(lambda.url() + path)).timeout(Await.LONGEST);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    @Test
    void aResultWithAStatusIsAnHttpAnswer() throws Exception {
        startAnswering(
                "{\"statusCode\":201,\"headers\":{\"X-Mine\":\"yes\",\"Content-Type\":\"text/plain\"},"
                        + "\"cookies\":[\"a=1\",\"b=2\"],\"isBase64Encoded\":true,\"body\":\"aGVsbG8=\",\"other\":{\"x\":[1]}}");

        HttpResponse<String> answer = get("/function-url/fn/any");

        assertEquals(201, answer.statusCode());
        assertEquals("hello", answer.body());
        assertEquals("yes", header(answer, "X-Mine"));
        assertEquals("text/plain", header(answer, "Content-Type"));
        assertEquals(List.of("a=1", "b=2"), answer.headers().allValues("Set-Cookie"));
    }

    @Test
    void aResultWithoutAStatusIsTheAnswersBody() throws Exception {
        startAnswering("{\"any\":1}");

        HttpResponse<String> answer = get("/function-url/fn");

        assertEquals(200, answer.statusCode());
        assertEquals("{\"any\":1}", answer.body());
        assertEquals("application/json", header(answer, "Content-Type"));
    }

    @Test
    void theFunctionGetsTheRequestAsAnEvent() throws Exception {
        start(StandInRuntime.function("fn"));

        String event = http.send(
                        request("/function-url/fn/a%20b?x=1&x=2")
                                .header("X-Two", "1")
                                .header("X-Two", "2")
                                .header("Cookie", "a=1; b=2")
                                .POST(BodyPublishers.ofByteArray(new byte[] {0, 1}))
                                .build(),
                        BodyHandlers.ofString())
                .body();

        for (String part : List.of(
                "\"version\":\"2.0\"",
                "\"rawPath\":\"/a%20b\"",
                "\"rawQueryString\":\"x=1&x=2\"",
                "\"cookies\":[\"a=1\",\"b=2\"]",
                "\"x-two\":\"1,2\"",
                "\"method\":\"POST\"",
                "\"body\":\"AAE=\"",
                "\"isBase64Encoded\":true")) {
            assertTrue(event.contains(part), () -> part + " in " + event);
        }
    }

    @Test
    void textStaysTextInTheEvent() throws Exception {
        start(StandInRuntime.function("fn"));

        String event = http.send(
                        request("/function-url/fn/")
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("hello"))
                                .build(),
                        BodyHandlers.ofString())
                .body();

        assertTrue(event.contains("\"body\":\"hello\",\"isBase64Encoded\":false"), event);
    }

    @Test
    void failuresAreBadGateways() throws Exception {
        startAnswering("{\"statusCode\":\"no number\"}");
        assertEquals(502, get("/function-url/fn/").statusCode());

        lambda.setFaults("fn", Faults.NONE.withError(true));
        assertEquals(502, get("/function-url/fn/").statusCode());
    }

    @Test
    void beyondTheLimitUsersAreThrottled() throws Exception {
        start(StandInRuntime.function("fn").withConcurrency(0));

        assertEquals(429, get("/function-url/fn/").statusCode());
        assertEquals(1, lambda.stats().function("fn").throttles());
        assertEquals(404, get("/function-url/nobody/").statusCode());
    }

    @Test
    void eachRequestIsAnInvokeOfItsOwn() throws Exception {
        startAnswering("{\"statusCode\":200}");

        get("/function-url/fn/");
        get("/function-url/fn/");

        FunctionStats stats = lambda.stats().function("fn");
        assertEquals(2, stats.invokes());
        assertEquals(1, stats.coldStarts());
    }
}
