package io.lambdadispatch.router.config;

import java.util.Optional;

/**
 * A declared setting together with how its text becomes a value.
 *
 * @param isSecret its value is never shown
 */
record Key<T>(Setting setting, Format<T> format, boolean isSecret) {

    /** A setting that has a value in every configuration. */
    static <T> Key<T> withDefault(String name, String defaultValue, Format<T> format, String description) {
        Setting setting = new Setting(name, Optional.of(defaultValue), defaultValue, format.allowed(), description);
        return new Key<>(setting, format, false);
    }

    /** A setting without which there is no router. */
    static <T> Key<T> required(String name, Format<T> format, String description) {
        return optional(name, "required", format, description);
    }

    /** A setting that may be absent; {@code defaultText} says what happens then. */
    static <T> Key<T> optional(String name, String defaultText, Format<T> format, String description) {
        return new Key<>(
                new Setting(name, Optional.empty(), defaultText, format.allowed(), description), format, false);
    }

    Key<T> secret() {
        return new Key<>(setting, format, true);
    }

    String name() {
        return setting.name();
    }
}
