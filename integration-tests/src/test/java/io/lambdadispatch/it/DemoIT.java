package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code ./demo}, as a newcomer runs it. */
class DemoIT {
    @Test
    void servesUntilItIsEndedAndLeavesNothingBehind() throws Exception {
        try (Demo demo = Demo.start("demo", Map.of())) {
            URI ping = URI.create(demo.usersUrl() + "/ping");
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(HttpRequest.newBuilder(ping).build(), BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            assertEquals("pong", answer.body().strip());
        }
    }
}
