package io.lambdadispatch.client.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;

class HttpDateTest {
    @Test
    void isTheFormattersDateWithTwoDigitsOfDay() {
        // Steps that come by every day, month, hour, minute and second, leap days among them.
        Instant end = Instant.parse("2101-01-01T00:00:00Z");
        for (Instant time = Instant.EPOCH; time.isBefore(end); time = time.plusSeconds(86_400 + 3_661)) {
            String expected = DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
            assertEquals(
                    expected.charAt(6) == ' ' ? expected.replaceFirst(", ", ", 0") : expected,
                    HttpDate.of(time.getEpochSecond()));
        }
    }

    @Test
    void isTheExampleOfTheStandard() {
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.of(784_111_777));
    }
}
