package io.lambdadispatch.router.log;

import io.lambdadispatch.router.config.AccessLogFormat;
import io.lambdadispatch.router.relay.RequestOutcome;
import io.lambdadispatch.router.relay.RequestRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

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

    final AsciiText lines = new AsciiText();

    static AccessLines of(AccessLogFormat format) {
        return format == AccessLogFormat.JSON ? new JsonLines() : new CombinedLines();
    }

    /** Adds a line. */
    abstract void add(RequestRecord request);

    /** Ends a line that is not there, or not all of it. */
    void addEnd() {
        lines.append('\n');
    }

    /** Writes all lines since the last call, each with its end. They are gone, also when that fails. */
    void writeTo(OutputStream output) throws IOException {
        lines.writeTo(output);
    }

    static int status(RequestRecord request) {
        return request.status() == 0 ? USER_GONE : request.status();
    }

    static String outcome(RequestRecord request) {
        return OUTCOMES.get(request.outcome());
    }
}
