package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.config.ConfigSources;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CheckCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>(Map.of(
            "LAMBDA_DISPATCH_FUNCTION_NAME", "my-function",
            "LAMBDA_DISPATCH_BindAddress", "127.0.0.1",
            "LAMBDA_DISPATCH_RouterCallbackHost", "router.test",
            "LAMBDA_DISPATCH_IncomingRequestHTTPPort", "0",
            "LAMBDA_DISPATCH_IncomingRequestHTTPSPort", "off",
            "LAMBDA_DISPATCH_ControlChannelHTTP2Port", "0",
            "AWS_LAMBDA_SERVICE_URL", "http://127.0.0.1:9"));

    private int check() throws Exception {
        ConfigSources sources = ConfigSources.of(environment, new Properties(), name -> null);
        return new CheckCommand(sources, stream(out), stream(err)).run();
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String told() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private void assertTold(String pattern) {
        assertTrue(Pattern.compile(pattern, Pattern.MULTILINE).matcher(told()).find(), told());
    }

    @Test
    void itTellsWhereSettingsComeFromAndWhatARouterWouldDo() throws Exception {
        environment.put("LAMBDA_DISPATCH_AllowedLambdaNames", "other");
        environment.put("LAMBDA_DISPATCH_PoolHeaderSecret", "X-Key: sesame");
        assertEquals(RouterCommand.DONE, check(), told() + err);
        assertTold("^FunctionName +my-function +environment variable LAMBDA_DISPATCH_FUNCTION_NAME$");
        assertTold("^MaxConcurrentCount +10 +default$");
        assertTold("^PoolHeaderSecret +\\(hidden\\) +environment variable");
        assertFalse(told().contains("sesame"), told());
        assertTold("^- start instances of .*my-function.* be called back at https://router.test:\\d+/api/chunked$");
    }

    @Test
    void whatItOpenedIsClosedAgain() throws Exception {
        assertEquals(RouterCommand.DONE, check(), told() + err);
        Matcher port = Pattern.compile("users http=(\\d+)").matcher(told());
        assertTrue(port.find(), told());
        try (ServerSocket free =
                new ServerSocket(Integer.parseInt(port.group(1)), 1, InetAddress.getLoopbackAddress())) {
            assertTrue(free.isBound());
        }
    }

    @Test
    void itTellsAllFaults() throws Exception {
        environment.put("LAMBDA_DISPATCH_MaxConcurrentCount", "none");
        environment.put("LAMBDA_DISPATCH_MinInstances", "-1");
        assertEquals(RouterCommand.MISUSED, check());
        assertTold("^MaxConcurrentCount +none +environment variable LAMBDA_DISPATCH_MaxConcurrentCount$");
        String faults = err.toString(StandardCharsets.UTF_8);
        assertTrue(faults.contains("MaxConcurrentCount: none"), faults);
        assertTrue(faults.contains("MinInstances: -1"), faults);
        assertFalse(told().contains("would"), told());
    }

    @Test
    void aPortThatIsTakenIsNoFaultOfTheSettings() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("LAMBDA_DISPATCH_IncomingRequestHTTPPort", Integer.toString(taken.getLocalPort()));
            assertEquals(RouterCommand.FAILED, check());
            String why = err.toString(StandardCharsets.UTF_8);
            assertTrue(why.contains("could not start here now"), why);
            assertTrue(why.contains(Integer.toString(taken.getLocalPort())), why);
        }
    }
}
