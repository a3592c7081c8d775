package io.lambdadispatch.client.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Chooses the log's back end and hands it the configured level: both are read when the first logger is made. */
public final class Logging {
    static final String DEFAULT_LEVEL = "info";
    static final List<String> LEVELS = List.of("trace", "debug", "info", "warn", "error", "off");

    /** Named, for otherwise it is looked for in all jars, which takes a start some milliseconds. */
    private static final Map<String, String> BACK_END = Map.of(
            "slf4j.provider", "org.slf4j.simple.SimpleServiceProvider",
            // It would write a line about being told.
            "slf4j.internal.verbosity", "WARN");

    private static final String LEVEL_PROPERTY = "org.slf4j.simpleLogger.defaultLogLevel";

    private Logging() {}

    /** To be called before any logger is made; an unusable level is told later, with the other configuration faults. */
    public static void configure(Map<String, String> environment) {
        String level =
                environment.getOrDefault(ClientConfig.PREFIX + "LOG_LEVEL", "").trim();
        String lower = level.toLowerCase(Locale.ROOT);
        setIfUnset(LEVEL_PROPERTY, LEVELS.contains(lower) ? lower : DEFAULT_LEVEL);
        BACK_END.forEach(Logging::setIfUnset);
    }

    private static void setIfUnset(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
