package io.lambdadispatch.router.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Pools of other functions than the configured one, which users ask for by name.
 *
 * @param allowedNames what a name must match as a whole; empty: there are no such pools
 * @param secret what must come with the name; empty: nothing
 * @param maxPools how many of them there may be at once
 * @param idleTimeout after which an unused one is removed
 */
public record NamedPoolSettings(
        Optional<Pattern> allowedNames, Optional<HeaderSecret> secret, int maxPools, Duration idleTimeout) {

    /** Whether the configuration lets users ask for that function. */
    public boolean allows(String name) {
        return allowedNames.isPresent() && allowedNames.get().matcher(name).matches();
    }
}
