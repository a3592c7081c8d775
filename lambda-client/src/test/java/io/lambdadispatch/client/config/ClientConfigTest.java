package io.lambdadispatch.client.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientConfigTest {
    @Test
    void anEmptyEnvironmentGivesTheDefaultsOfTheReference() {
        assertEquals(
                new ClientConfig(
                        3001,
                        Optional.empty(),
                        "/health",
                        true,
                        false,
                        Duration.ofSeconds(10),
                        Optional.empty(),
                        Duration.ofMillis(250),
                        ClientConfig.Trust.PIN),
                ClientConfig.from(Map.of("LAMBDA_DISPATCH_PORT", " ")));
    }

    @Test
    void allFaultsAreToldAtOnceWithWhatIsAllowed() {
        Exception e = assertThrows(
                IllegalArgumentException.class,
                () -> ClientConfig.from(Map.of(
                        "LAMBDA_DISPATCH_PORT", "70000",
                        "LAMBDA_DISPATCH_ENABLE_COMPRESSION", "yes",
                        "LAMBDA_DISPATCH_FORCE_DEADLINE", "soon",
                        "LAMBDA_DISPATCH_HEALTH_PATH", "is it well?",
                        "LAMBDA_DISPATCH_LOG_LEVEL", "loud",
                        "LAMBDA_DISPATCH_TRUST", "none")));
        assertEquals("""
                unusable configuration:
                  LAMBDA_DISPATCH_PORT: 70000 (expected: a whole number from 1 to 65535)
                  LAMBDA_DISPATCH_HEALTH_PATH: is it well? (expected: a path that begins with /, percent-encoded)
                  LAMBDA_DISPATCH_ENABLE_COMPRESSION: yes (expected: true, false)
                  LAMBDA_DISPATCH_FORCE_DEADLINE: soon (expected: a whole number from 1 to 900)
                  LAMBDA_DISPATCH_TRUST: none (expected: pin, any)
                  LAMBDA_DISPATCH_LOG_LEVEL: loud (expected: trace, debug, info, warn, error, off)""", e.getMessage());
    }
}
