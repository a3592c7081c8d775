package io.lambdadispatch.router.config;

import static io.lambdadispatch.router.config.SettingTable.DRAIN_DELAY;
import static io.lambdadispatch.router.config.SettingTable.PID_FILE;
import static io.lambdadispatch.router.config.SettingTable.SHUTDOWN_TIMEOUT;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the router stops.
 *
 * @param drainDelay how long new users are still served after health has turned to 503
 * @param timeout how long requests in flight may take to finish after that
 * @param pidFile where the standalone router leaves its process id; empty: the default place
 */
public record ShutdownSettings(Duration drainDelay, Duration timeout, Optional<Path> pidFile) {
    static ShutdownSettings read(ConfigReader reader) {
        return new ShutdownSettings(reader.read(DRAIN_DELAY), reader.read(SHUTDOWN_TIMEOUT), reader.find(PID_FILE));
    }
}
