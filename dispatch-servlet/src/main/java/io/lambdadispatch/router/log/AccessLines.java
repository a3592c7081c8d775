package io.lambdadispatch.router.log;

import io.lambdadispatch.router.config.AccessLogFormat;
import io.lambdadispatch.router.relay.RequestOutcome;
import io.lambdadispatch.router.relay.RequestRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Requests as lines of the access log, gathered until they are written. Whatever their users have sent, a line is one line of
 * printable ASCII, and a field stays in its quotes. For one thread.
 */
abstract class AccessLines {
    /** As nginx has it: the user had left before any answer began, so nobody was sent this. */
    private static final int USER_GONE = 499;

    private static final Map<RequestOutcome, String> OUTCOMES = new EnumMap<>(RequestOutcome.class);

    static {
        for (RequestOutcome outcome : RequestOutcome.values()) {
            OUTCOMES.put(outcome, outcome.name().toLowerCase(Locale.ROOT));
        }
    }

    static AccessLines of(AccessLogFormat format) {
        return format == AccessLogFormat.JSON ? new JsonLines() : new CombinedLines();
    }

    /** Adds a line. */
    abstract void add(RequestRecord request);

    /** Ends a line that is not there, or not all of it. */
    abstract void addEnd();

    /** Writes all lines since the last call, each with its end. They are gone, also when that fails. */
    abstract void writeTo(OutputStream output) throws IOException;

    static int status(RequestRecord request) {
        return request.status() == 0 ? USER_GONE : request.status();
    }

    static String outcome(RequestRecord request) {
        return OUTCOMES.get(request.outcome());
    }

    /** Adds milliseconds with three digits after the point. */
    static void appendMillis(long nanos, StringBuilder text) {
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        appendThreeDigits(micros % 1_000, text.append(micros / 1_000).append('.'));
    }

    static void appendThreeDigits(long number, StringBuilder text) {
        text.append((char) ('0' + number / 100))
                .append((char) ('0' + number / 10 % 10))
                .append((char) ('0' + number % 10));
    }
}
