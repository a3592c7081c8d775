package io.lambdadispatch.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** AWS's own Java runtime interface client, with its native HTTP client, takes local-lambda for AWS. */
class AwsRuntimeClientTest {
    @Test
    void runsAHandler() throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
                UpperCaseHandler.class.getName());
        try (LocalLambda lambda = LocalLambda.start(LocalLambdaSettings.of(FunctionSettings.of("upper", command)))) {
            Caller caller = new Caller(lambda.url());
            assertEquals(
                    "{\"A\":\"Ü\"}", caller.invoke("upper", "{\"a\":\"ü\"}").body());
            for (int i = 0; i < 20; i++) {
                assertEquals(
                        "\"N" + i + "\"",
                        caller.invoke("upper", "\"n" + i + "\"").body());
            }

            HttpResponse<String> failed = caller.invoke("upper", "\"fail\"");

            assertEquals("Unhandled", Caller.header(failed, "X-Amz-Function-Error"));
            assertTrue(failed.body().contains("\"errorMessage\":\"as asked\""), failed::body);
            assertTrue(failed.body().contains("\"errorType\":\"java.lang.IllegalStateException\""), failed::body);
            String large = "\"" + "A".repeat(5_000_000) + "\"";
            assertEquals(large, caller.invoke("upper", large).body());
            assertEquals(1, lambda.stats().function("upper").coldStarts());
        }
    }
}
