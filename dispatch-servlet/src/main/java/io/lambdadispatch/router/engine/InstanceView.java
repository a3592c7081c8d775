package io.lambdadispatch.router.engine;

import java.util.OptionalLong;

/**
 * An instance at one moment, for people.
 *
 * @param id the invoke's {@code Id}
 * @param isExpiring whether it is open, and about to leave at its deadline
 * @param running requests that it has
 * @param idleChannels channels of it that wait for a request
 * @param answered requests that it has answered, to the end
 * @param ageNanos since it was invoked
 * @param leavesInNanos until it leaves by itself at the latest; empty as long as it has not said so
 */
public record InstanceView(
        String id,
        LambdaInstance.State state,
        boolean isExpiring,
        int running,
        int idleChannels,
        long answered,
        long ageNanos,
        OptionalLong leavesInNanos) {}
