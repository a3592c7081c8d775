package io.lambdadispatch.client;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Hands the configured level to the log's back end, which reads it when the first logger is made. */
final class Logging {
    static final String DEFAULT_LEVEL = "info";
    static final List<String> LEVELS = List.of("trace", "debug", "info", "warn", "error", "off");

    private static final String LEVEL_PROPERTY = "org.slf4j.simpleLogger.defaultLogLevel";

    private Logging() {}

    /** To be called before any logger is made; an unusable level is told later, with the other configuration faults. */
    static void configure(Map<String, String> environment) {
        String level =
                environment.getOrDefault(ClientConfig.PREFIX + "LOG_LEVEL", "").trim();
        String lower = level.toLowerCase(Locale.ROOT);
        if (System.getProperty(LEVEL_PROPERTY) == null) {
            System.setProperty(LEVEL_PROPERTY, LEVELS.contains(lower) ? lower : DEFAULT_LEVEL);
        }
    }
}
