package io.lambdadispatch.local.environment;

import io.lambdadispatch.local.runtime.NextPoll;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The internal extensions of one environment: they end its init phase only together, and let it end in order. They may not
 * subscribe to events here, so a poll for the next one lasts as long as the environment. Safe for use by threads.
 */
final class Extensions {
    /** By identifier; the poll is {@code null} until the extension has asked. */
    private final Map<String, NextPoll> polls = new LinkedHashMap<>();

    /** The identifier of a new one. */
    synchronized String register() {
        String identifier = UUID.randomUUID().toString();
        polls.put(identifier, null);
        return identifier;
    }

    /** @return false when there is no such extension, or it has asked already */
    synchronized boolean asks(String identifier, NextPoll poll) {
        return identifier != null && polls.containsKey(identifier) && polls.put(identifier, poll) == null;
    }

    synchronized boolean isEmpty() {
        return polls.isEmpty();
    }

    /** Whether each that has registered waits for events. */
    synchronized boolean areReady() {
        return !polls.containsValue(null);
    }

    /** The environment has ended. */
    synchronized void abandon() {
        polls.values().removeIf(poll -> {
            if (poll != null) {
                poll.abandon();
            }
            return true;
        });
    }
}
