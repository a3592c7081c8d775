package io.lambdadispatch.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;

class LocalLambdaCommandTest {
    @Test
    void readsOptions() {
        LocalLambdaSettings settings = LocalLambdaCommand.settings(
                Map.of(),
                ("--port 0 --timeout 30 --concurrency 7 --cold-start 250 --idle-timeout 9 --memory 256"
                                + " --env A=b=c --env D= --log-dir logs --host 0.0.0.0 --freeze")
                        .concat(" --function")
                        .concat(" one=./bootstrap")
                        .split(" "));
        FunctionSettings one = settings.functions().get("one");
        assertEquals(0, settings.port());
        assertEquals("0.0.0.0", settings.host());
        assertEquals(Duration.ofMillis(250), settings.coldStartDelay());
        assertEquals(Duration.ofSeconds(9), settings.idleTimeout());
        assertTrue(settings.freezeIdle());
        assertEquals(Path.of("logs"), settings.logDirectory().orElseThrow());
        assertEquals(List.of("./bootstrap"), one.command());
        assertEquals(Map.of("A", "b=c", "D", ""), one.environment());
        assertEquals(Duration.ofSeconds(30), one.timeout());
        assertEquals(7, one.concurrency());
        assertEquals(256, one.memoryMb());
    }

    @Test
    void readsVariablesWhenThereIsNoOption() {
        Map<String, String> environment = Map.of(
                "LOCAL_LAMBDA_PORT", "1234",
                "LOCAL_LAMBDA_FREEZE", "true",
                "LOCAL_LAMBDA_IDLE_TIMEOUT", "5",
                "LOCAL_LAMBDA_FUNCTION", "f='a b' \"c d\" e");
        LocalLambdaSettings settings = LocalLambdaCommand.settings(environment, "--idle-timeout", "6");
        assertEquals(1234, settings.port());
        assertTrue(settings.freezeIdle());
        assertEquals(Duration.ofSeconds(6), settings.idleTimeout());
        assertEquals(List.of("a b", "c d", "e"), settings.functions().get("f").command());
    }

    @Test
    void defaultsAreAwss() {
        LocalLambdaSettings settings = LocalLambdaCommand.settings(Map.of(), "--function", "f=x");
        assertEquals(9001, settings.port());
        assertFalse(settings.freezeIdle());
        assertEquals(
                FunctionSettings.of("f", List.of("x")), settings.functions().get("f"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port 65536",
                "--port x",
                "--timeout 0",
                "--timeout 901",
                "--memory 1",
                "--env nonsense",
                "--function nonsense",
                "--function a.b=c",
                "--function f=",
                "--idle-timeout -1",
                "--bogus"
            })
    void refusesBadOptions(String options) {
        String[] all = ("--function f=x " + options).split(" ");
        assertThrows(ParameterException.class, () -> LocalLambdaCommand.settings(Map.of(), all));
        assertEquals(2, LocalLambdaCommand.run(all));
    }

    @Test
    void portThatIsTakenIsTold() throws Exception {
        try (LocalLambda first = LocalLambda.start(LocalLambdaSettings.of())) {
            int port = first.url().getPort();
            LocalLambdaSettings same = LocalLambdaSettings.of().withAddress("127.0.0.1", port);
            Exception failure = assertThrows(java.io.IOException.class, () -> LocalLambda.start(same));
            assertTrue(failure.toString().contains("Failed to bind"), failure::toString);
            assertEquals(1, LocalLambdaCommand.run("--function", "f=x", "--port", Integer.toString(port)));
        }
    }
}
