package io.lambdadispatch.router.door;

import io.lambdadispatch.router.engine.Pools;
import io.lambdadispatch.router.metrics.ChannelRefusal;
import io.lambdadispatch.router.relay.RelayContext;
import java.util.Optional;

/** What those who come through a door may see of the router, and the little that they tell it. Thread-safe; nothing blocks. */
public interface RouterView {
    /** The router's pools. */
    Pools pools();

    /** How requests are relayed. */
    RelayContext relay();

    /** Whether it is shutting down: load balancers are to send no more users. */
    boolean isLeaving();

    /** Its figures, in the format that Prometheus reads. */
    String figures();

    /** All pools at this moment, as JSON. */
    String state();

    /** The last quarter of an hour of a pool, as JSON; empty when there is no such pool. */
    Optional<String> history(String poolId);

    /** An instance's channel was refused; {@code poolId} is {@code null} when there is no such pool. */
    void channelRefused(String poolId, ChannelRefusal why);
}
