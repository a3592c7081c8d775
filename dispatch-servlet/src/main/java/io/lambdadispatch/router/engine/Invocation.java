package io.lambdadispatch.router.engine;

/**
 * One invoke to be made.
 *
 * @param function name, name:qualifier or ARN, as AWS Lambda's {@code Invoke} takes it
 * @param instanceId a fresh id; the client answers under it
 * @param channels how many channels the client is to open; 0 when {@code initOnly}
 * @param initOnly the client finishes its cold start and returns at once
 * @param staysIdle the client stays though it has nothing to do, until it is told to go or its time is over
 * @param channelToken secret that the client sends back on every control request; {@code null} when initOnly
 */
public record Invocation(
        String function,
        String poolId,
        String instanceId,
        int channels,
        boolean initOnly,
        boolean staysIdle,
        String channelToken) {
    /**
     * An instance that opens channels.
     *
     * @param channels how many, at least 1
     */
    public static Invocation channels(
            String function, String poolId, Identity identity, int channels, boolean staysIdle) {
        return new Invocation(function, poolId, identity.id(), channels, false, staysIdle, identity.token());
    }

    /**
     * An environment that finishes its cold start, for an instance to come, and opens nothing.
     *
     * @param instanceId of no instance that there is
     */
    public static Invocation warming(String function, String poolId, String instanceId) {
        return new Invocation(function, poolId, instanceId, 0, true, false, null);
    }

    /** Never shows the token: what is printed may end in a log. */
    @Override
    public String toString() {
        return "Invocation[" + function + ", pool=" + poolId + ", id=" + instanceId + ", channels=" + channels
                + (initOnly ? ", initOnly]" : "]");
    }
}
