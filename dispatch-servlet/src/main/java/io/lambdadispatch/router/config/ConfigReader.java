package io.lambdadispatch.router.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads settings one by one and goes on after a fault, so that all of them can be told at once. After a fault the
 * setting's default stands in, and rules that involve the setting are not checked: one mistake is told once.
 */
final class ConfigReader {
    private static final String HIDDEN = "(hidden)";

    private final ConfigSources sources;
    private final List<String> faults = new ArrayList<>();
    private final Set<Key<?>> faulty = new HashSet<>();
    private final Map<Key<?>, ConfigSources.Value> found = new HashMap<>();

    ConfigReader(ConfigSources sources) {
        this.sources = sources;
    }

    private Optional<ConfigSources.Value> text(Key<?> key) {
        return key.setting().isOurs() ? sources.find(key.name()) : sources.findUnprefixed(key.name());
    }

    /** What the setting comes to, whether it is right or wrong. */
    EffectiveSetting explain(Key<?> key) {
        return text(key)
                .map(value -> new EffectiveSetting(key.name(), key.isSecret() ? HIDDEN : value.text(), value.source()))
                .orElseGet(() -> new EffectiveSetting(key.name(), key.setting().defaultText(), "default"));
    }

    /** The value that is set; empty when none is, and after a fault. */
    <T> Optional<T> find(Key<T> key) {
        Optional<ConfigSources.Value> value = text(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        found.put(key, value.get());
        Optional<T> parsed = key.format().parse(value.get().text());
        if (parsed.isEmpty()) {
            fault(key, key.setting().allowed());
        }
        return parsed;
    }

    /** The value that is set, or the default. */
    <T> T read(Key<T> key) {
        return find(key).orElseGet(() -> key.format().parse(defaultOf(key)).orElseThrow());
    }

    private static String defaultOf(Key<?> key) {
        return key.setting()
                .defaultValue()
                .orElseThrow(() -> new IllegalStateException(key.name() + " has no default value"));
    }

    /** The value that is set; {@code null} after a fault, which its absence is too. */
    <T> T require(Key<T> key) {
        Optional<T> value = find(key);
        if (value.isEmpty() && !faulty.contains(key)) {
            fault(key, key.setting().allowed());
        }
        return value.orElse(null);
    }

    /** Checks a rule between settings, and lays a breach at the first of them. */
    void rule(boolean holds, String expected, Key<?> blamed, Key<?>... others) {
        if (!holds && !faulty.contains(blamed) && List.of(others).stream().noneMatch(faulty::contains)) {
            fault(blamed, expected);
        }
    }

    private void fault(Key<?> key, String expected) {
        if (!faulty.add(key)) {
            return;
        }
        faults.add(key.name() + ": " + shown(key) + " (expected: " + expected + "; " + origin(key) + ')');
    }

    private String shown(Key<?> key) {
        ConfigSources.Value value = found.get(key);
        if (value == null) {
            return key.setting().defaultValue().orElse("not set");
        }
        return key.isSecret() ? HIDDEN : value.text();
    }

    private String origin(Key<?> key) {
        ConfigSources.Value value = found.get(key);
        if (value != null) {
            return "from " + value.source();
        }
        return key.setting().defaultValue().isPresent()
                ? "the default"
                : "set environment variable " + key.setting().environmentVariable();
    }

    /**
     * @throws ConfigException when there was a fault
     */
    void throwFaults() {
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
    }
}
