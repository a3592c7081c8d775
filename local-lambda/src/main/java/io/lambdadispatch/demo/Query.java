package io.lambdadispatch.demo;

import java.time.Duration;
import org.eclipse.jetty.server.Request;

/** Numbers in the query. */
final class Query {
    private static final int LONGEST_DELAY_MS = 15 * 60 * 1000;

    private Query() {}

    static Duration delay(Request request, int defaultMs) throws BadQueryException {
        return Duration.ofMillis(number(request, "delay", defaultMs, 0, LONGEST_DELAY_MS));
    }

    static int number(Request request, String name, int otherwise, int least, int most) throws BadQueryException {
        String text = Request.extractQueryParameters(request).getValue(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number out of range.
        }
        throw new BadQueryException(name + " must be a whole number from " + least + " to " + most);
    }
}
