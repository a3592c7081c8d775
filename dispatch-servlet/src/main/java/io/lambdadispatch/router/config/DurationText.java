package io.lambdadispatch.router.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 00:02:00} as the reference router takes it, {@code 2m}, {@code 30s} and
 * {@code 250ms}, and ISO-8601's {@code PT30S}. A bare number is none of them: its unit would be a guess.
 */
final class DurationText {
    private static final Pattern CLOCK = Pattern.compile("(\\d{1,4}):([0-5]\\d):([0-5]\\d(?:\\.\\d{1,9})?)");
    private static final Pattern UNIT = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private DurationText() {}

    static Optional<Duration> parse(String text) {
        Matcher clock = CLOCK.matcher(text);
        if (clock.matches()) {
            long nanos = new BigDecimal(clock.group(3)).movePointRight(9).longValueExact();
            return Optional.of(Duration.ofHours(Long.parseLong(clock.group(1)))
                    .plusMinutes(Long.parseLong(clock.group(2)))
                    .plusNanos(nanos));
        }
        Matcher unit = UNIT.matcher(text.toLowerCase(Locale.ROOT));
        if (unit.matches()) {
            long count = Long.parseLong(unit.group(1));
            return Optional.of(
                    switch (unit.group(2)) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        default -> Duration.ofHours(count);
                    });
        }
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
