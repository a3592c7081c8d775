package io.lambdadispatch.router.config;

import static io.lambdadispatch.router.config.SettingTable.BIND_ADDRESS;
import static io.lambdadispatch.router.config.SettingTable.USERS_HTTPS_PORT;
import static io.lambdadispatch.router.config.SettingTable.USERS_HTTP_PORT;

import java.util.OptionalInt;

/**
 * What tells one standalone router on a machine from another, and how it stops. Read by itself, a shell that lacks the other
 * settings can stop a router.
 *
 * @param bindAddress local address of all ports
 * @param usersHttpPort empty when it is off, 0 for any free one
 * @param usersHttpsPort empty when it is off, 0 for any free one
 */
public record ProcessSettings(
        String bindAddress, OptionalInt usersHttpPort, OptionalInt usersHttpsPort, ShutdownSettings shutdown) {
    /**
     * Reads these settings, and no others.
     *
     * @throws ConfigException when something is wrong with them; it tells everything that is
     */
    public static ProcessSettings from(ConfigSources sources) {
        ConfigReader reader = new ConfigReader(sources);
        ProcessSettings settings = new ProcessSettings(
                reader.read(BIND_ADDRESS),
                reader.read(USERS_HTTP_PORT),
                reader.read(USERS_HTTPS_PORT),
                ShutdownSettings.read(reader));
        reader.throwFaults();
        return settings;
    }
}
