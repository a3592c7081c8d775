package io.lambdadispatch.router.config;

import java.util.Optional;

/**
 * What is told about a setting, for documentation and for tests that keep documentation true.
 *
 * @param name as the init-param in web.xml, and behind {@code LAMBDA_DISPATCH_} in the environment
 * @param defaultValue what counts when it is not set, as it would be written; empty when it is required, or when not
 *     setting it means something that no value says
 * @param defaultText the same for readers, such as "required"
 * @param allowed the values that are accepted, in words
 * @param description one sentence
 */
public record Setting(
        String name, Optional<String> defaultValue, String defaultText, String allowed, String description) {

    /** Whether the name is ours and takes our prefixes; one that AWS's own tools read too is spelled as they do. */
    boolean isOurs() {
        return !name.startsWith("AWS_");
    }

    /** The environment variable that sets it. */
    public String environmentVariable() {
        return isOurs() ? ConfigSources.VARIABLE_PREFIX + name : name;
    }
}
