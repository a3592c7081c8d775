package io.lambdadispatch.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "00:02:00, PT2M",
        "0:00:30, PT30S",
        "100:00:00, PT100H",
        "00:00:00.25, PT0.25S",
        "00:00:00.2500000, PT0.25S",
        "250ms, PT0.25S",
        "30s, PT30S",
        "30S, PT30S",
        "2m, PT2M",
        "1h, PT1H",
        "PT1M30S, PT1M30S",
        "pt0.5s, PT0.5S"
    })
    void isReadAsPeopleWriteIt(String text, Duration expected) {
        assertEquals(Optional.of(expected), DurationText.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"30", "", "00:60:00", "00:00:60", "1:00", "2 m", "5min", "-5s", "00:00:-1", "PT", "1.5s"})
    void isNotGuessed(String text) {
        assertEquals(Optional.empty(), DurationText.parse(text));
    }

    @Property
    void everyClockTimeIsRead(
            @ForAll @IntRange(max = 9999) int hours,
            @ForAll @IntRange(max = 59) int minutes,
            @ForAll @IntRange(max = 59) int seconds) {
        Duration expected = Duration.ofHours(hours).plusMinutes(minutes).plusSeconds(seconds);
        assertEquals(
                Optional.of(expected), DurationText.parse(String.format("%02d:%02d:%02d", hours, minutes, seconds)));
    }
}
