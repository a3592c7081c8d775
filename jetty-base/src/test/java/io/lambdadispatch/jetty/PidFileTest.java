package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.ProcessSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a router leaves its process id, and that nobody is taken for it. */
class PidFileTest {
    private static final long OURS = ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    private static ProcessSettings settings(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put("LAMBDA_DISPATCH_" + namesAndValues[i], namesAndValues[i + 1]);
        }
        return ProcessSettings.from(ConfigSources.of(environment, new Properties(), name -> null));
    }

    @Test
    void routersOfOneInstallationAreToldApartByAddressAndPort() {
        Path home = Path.of("/opt/router");
        assertEquals(Optional.of(home.resolve("run/router-0.0.0.0-5001.pid")), PidFile.locate(settings(), home));
        assertEquals(
                Optional.of(home.resolve("run/router-127.0.0.2-81.pid")),
                PidFile.locate(settings("BindAddress", "127.0.0.2", "IncomingRequestHTTPPort", "81"), home));
        assertEquals(
                Optional.of(home.resolve("run/router-0.0.0.0-5002.pid")),
                PidFile.locate(settings("IncomingRequestHTTPPort", "off"), home));
    }

    @Test
    void withoutAPortOfItsOwnARouterHasNoFileUnlessOneIsConfigured() {
        String[] anyPort = {"IncomingRequestHTTPPort", "0", "IncomingRequestHTTPSPort", "0"};
        assertEquals(Optional.empty(), PidFile.locate(settings(anyPort), directory));
        assertEquals(Optional.empty(), PidFile.locate(settings(), null));
        Path configured = directory.resolve("any.pid");
        assertEquals(Optional.of(configured), PidFile.locate(settings("PidFile", configured.toString()), directory));
    }

    @Test
    void theConfiguredFileMustHaveADirectoryToBeIn() {
        for (String bad : new String[] {directory.toString(), directory + "/missing/router.pid"}) {
            ConfigException e = assertThrows(ConfigException.class, () -> settings("PidFile", bad));
            assertTrue(e.getMessage().contains("PidFile: " + bad + " (expected: the path of a file"), e.getMessage());
        }
    }

    @Test
    void theFileHoldsTheProcessIdAndIsHeldUntilItIsRemoved() throws Exception {
        Path path = directory.resolve("router.pid");
        try (PidFile file = PidFile.take(path)) {
            assertEquals(OptionalLong.of(OURS), file.pid());
            assertFalse(file.tryLock());
            IOException e = assertThrows(IOException.class, () -> PidFile.take(path));
            assertTrue(e.getMessage().contains(path + " holds process id " + OURS), e.getMessage());
            file.remove();
            assertFalse(Files.exists(path));
            file.remove();
        }
    }

    @Test
    void whatWasLeftBehindIsTakenOver() throws Exception {
        Path path = directory.resolve("router.pid");
        Files.writeString(path, "1234567890123456789\n");
        try (PidFile file = PidFile.take(path)) {
            assertEquals(OptionalLong.of(OURS), file.pid());
        }
        try (PidFile left = PidFile.open(path)) {
            assertTrue(left.tryLock());
            assertEquals(OptionalLong.of(OURS), left.pid());
        }
    }

    @Test
    void whoFindsAnotherFileInItsPlaceLeavesItThere() throws Exception {
        Path path = directory.resolve("router.pid");
        try (PidFile file = PidFile.take(path)) {
            Path other = Files.writeString(directory.resolve("other.pid"), "1\n");
            Files.move(other, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertFalse(file.isInPlace());
            file.remove();
            assertEquals("1\n", Files.readString(path));
        }
    }

    @Test
    void aFileWithoutAProcessIdIsSeenAsSuch() throws Exception {
        Path path = Files.writeString(directory.resolve("router.pid"), "no number");
        try (PidFile file = PidFile.open(path)) {
            assertEquals(OptionalLong.empty(), file.pid());
        }
        assertThrows(NoSuchFileException.class, () -> PidFile.open(directory.resolve("missing.pid")));
    }
}
