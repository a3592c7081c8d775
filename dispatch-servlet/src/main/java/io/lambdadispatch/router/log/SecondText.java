package io.lambdadispatch.router.log;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A second as text, UTC. The one asked for last is kept, for a log has many lines of it. For one thread. */
final class SecondText {
    private static final long MILLIS = 1_000;

    private final DateTimeFormatter format;
    private long second = Long.MIN_VALUE;
    private String text;

    /**
     * @param pattern of {@link DateTimeFormatter}, nothing in it finer than a second
     */
    SecondText(String pattern) {
        this.format = DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }

    String of(long epochMillis) {
        long asked = Math.floorDiv(epochMillis, MILLIS);
        if (asked != second) {
            text = format.format(Instant.ofEpochSecond(asked));
            second = asked;
        }
        return text;
    }
}
