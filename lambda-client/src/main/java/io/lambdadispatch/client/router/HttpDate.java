package io.lambdadispatch.client.router;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Dates as HTTP has them (RFC 9110 §5.6.7, IMF-fixdate). By hand, because the JDK's formatter loads a language's data, and the
 * first date of a client is on the way of its first channel.
 */
final class HttpDate {
    private static final String DAYS = "MonTueWedThuFriSatSun";
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final int NAME = 3;

    private HttpDate() {}

    /** @param second since the epoch, of a year of four digits */
    static String of(long second) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
        StringBuilder date = new StringBuilder(29);
        append(date, DAYS, time.getDayOfWeek().getValue()).append(", ");
        append(date, time.getDayOfMonth()).append(' ');
        append(date, MONTHS, time.getMonthValue()).append(' ');
        append(date, time.getYear() / 100);
        append(date, time.getYear() % 100).append(' ');
        append(date, time.getHour()).append(':');
        append(date, time.getMinute()).append(':');
        return append(date, time.getSecond()).append(" GMT").toString();
    }

    private static StringBuilder append(StringBuilder date, String names, int number) {
        return date.append(names, (number - 1) * NAME, number * NAME);
    }

    private static StringBuilder append(StringBuilder date, int twoDigits) {
        return date.append((char) ('0' + twoDigits / 10)).append((char) ('0' + twoDigits % 10));
    }
}
