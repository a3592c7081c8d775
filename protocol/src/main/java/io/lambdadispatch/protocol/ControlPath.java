package io.lambdadispatch.protocol;

import java.util.Optional;

/**
 * A path of the control endpoint, as {@code /api/chunked/<action>/<lambdaId>[/<channelId>]} or in the long form
 * {@code /api/chunked/<action>/poolId/<p>/lambdaId/<l>[/channelId/<c>]}.
 *
 * @param poolId {@code null} in the short form
 * @param channelId {@code null} unless the action is {@link Action#REQUEST}
 */
public record ControlPath(Action action, String poolId, String lambdaId, String channelId) {
    /** What all control paths begin with. */
    public static final String PREFIX = "/api/chunked";

    /** The request target that tells a client, inside a channel, to stop all its channels. */
    public static final String GOAWAY_TARGET = "/_lambda_dispatch/goaway";

    /** What a client asks for. */
    public enum Action {
        REQUEST("request"),
        PING("ping"),
        CLOSE("close");

        private final String segment;

        Action(String segment) {
            this.segment = segment;
        }
    }

    /** The short form. */
    public String toPath() {
        String path = PREFIX + '/' + action.segment + '/' + lambdaId;
        return channelId == null ? path : path + '/' + channelId;
    }

    /** Empty when the path is none of the control endpoint's. */
    public static Optional<ControlPath> parse(String path) {
        if (!path.startsWith(PREFIX + '/')) {
            return Optional.empty();
        }
        String[] parts = path.substring(PREFIX.length() + 1).split("/", -1);
        for (Action action : Action.values()) {
            if (action.segment.equals(parts[0])) {
                return parse(action, parts);
            }
        }
        return Optional.empty();
    }

    private static Optional<ControlPath> parse(Action action, String[] parts) {
        boolean channel = action == Action.REQUEST;
        boolean isLong = parts.length > 3 && parts[1].equals("poolId") && parts[3].equals("lambdaId");
        int expected = (isLong ? 5 : 2) + (channel ? (isLong ? 2 : 1) : 0);
        if (parts.length != expected || (isLong && channel && !parts[5].equals("channelId"))) {
            return Optional.empty();
        }
        String pool = isLong ? parts[2] : null;
        String lambda = isLong ? parts[4] : parts[1];
        String channelId = channel ? parts[expected - 1] : null;
        if (lambda.isEmpty() || (channel && channelId.isEmpty()) || (isLong && pool.isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(new ControlPath(action, pool, lambda, channelId));
    }
}
