package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** In Kubernetes on AWS a service account's token stands for an IAM role: the packaged router turns it into credentials. */
class ServiceAccountIT {
    private static final String ROLE = "arn:aws:iam::123456789012:role/lambda-dispatch-router";
    private static final Pattern DRY_RUN_FAILED = Pattern.compile("(invoking my-function would fail.*)");

    private static final String CREDENTIALS = """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult>
                <AssumedRoleUser>
                  <Arn>arn:aws:sts::123456789012:assumed-role/lambda-dispatch-router/session</Arn>
                  <AssumedRoleId>AROAEXAMPLE:session</AssumedRoleId>
                </AssumedRoleUser>
                <Credentials>
                  <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
                  <SecretAccessKey>no-secret</SecretAccessKey>
                  <SessionToken>session</SessionToken>
                  <Expiration>2100-01-01T00:00:00Z</Expiration>
                </Credentials>
              </AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """;

    @Test
    void aServiceAccountsTokenBecomesCredentials() throws Exception {
        Path logs = Files.createDirectories(Distributions.build().resolve("logs/service-account"));
        Path token = Files.writeString(logs.resolve("token"), "token-of-the-service-account");
        CompletableFuture<Map<String, String>> asked = new CompletableFuture<>();
        HttpServer sts = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sts.createContext("/", exchange -> answer(exchange, asked));
        sts.start();
        // Nobody is there: what matters is that the router has credentials to try with.
        String lambda = "https://127.0.0.1:" + ReservedPort.take();
        try (Service router = StandaloneRouter.start(
                "router",
                Map.ofEntries(
                        Map.entry("AWS_ROLE_ARN", ROLE),
                        Map.entry("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString()),
                        Map.entry("AWS_REGION", "eu-central-1"),
                        Map.entry(
                                "AWS_ENDPOINT_URL_STS",
                                "http://127.0.0.1:" + sts.getAddress().getPort()),
                        Map.entry("AWS_EC2_METADATA_DISABLED", "true"),
                        Map.entry("AWS_LAMBDA_SERVICE_URL", lambda),
                        Map.entry("LAMBDA_DISPATCH_FunctionName", "my-function"),
                        Map.entry("LAMBDA_DISPATCH_BindAddress", "127.0.0.1"),
                        Map.entry("LAMBDA_DISPATCH_RouterCallbackHost", "127.0.0.1"),
                        Map.entry("LAMBDA_DISPATCH_IncomingRequestHTTPPort", "0"),
                        Map.entry("LAMBDA_DISPATCH_IncomingRequestHTTPSPort", "0"),
                        Map.entry("LAMBDA_DISPATCH_ControlChannelHTTP2Port", "0")),
                logs)) {
            String failure = router.awaitLine(DRY_RUN_FAILED);
            assertTrue(failure.contains("UNREACHABLE"), failure);
            Map<String, String> request = asked.get(1, TimeUnit.MINUTES);
            assertEquals("AssumeRoleWithWebIdentity", request.get("Action"));
            assertEquals(ROLE, request.get("RoleArn"));
            assertEquals("token-of-the-service-account", request.get("WebIdentityToken"));
        } finally {
            sts.stop(0);
        }
    }

    private static void answer(HttpExchange exchange, CompletableFuture<Map<String, String>> asked) throws IOException {
        try (exchange) {
            asked.complete(form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            byte[] body = CREDENTIALS.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/xml");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static Map<String, String> form(String body) {
        return Arrays.stream(body.split("&"))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(
                        field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8)));
    }
}
