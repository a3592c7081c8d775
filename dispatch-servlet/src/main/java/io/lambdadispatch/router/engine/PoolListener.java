package io.lambdadispatch.router.engine;

/** Port for those who watch a pool: logs, metrics. Called outside any lock; must not block. */
public interface PoolListener {
    /** The invoke was sent. */
    default void instanceStarting(String poolId, LambdaInstance instance) {}

    /** The instance called back. */
    default void instanceOpened(String poolId, LambdaInstance instance, long startupNanos) {}

    /** The instance gets nothing new. */
    default void instanceDraining(String poolId, LambdaInstance instance, DrainReason why) {}

    /** The instance is going to leave by itself: it does not count any more, so that a successor is started if one is needed. */
    default void instanceExpiring(String poolId, LambdaInstance instance, long leavesInNanos) {}

    /** The instance's invoke is over. */
    default void instanceEnded(String poolId, LambdaInstance instance, InvokeOutcome outcome) {}

    /**
     * An init-only invoke is over, which keeps an environment warm and never serves.
     *
     * @param tookNanos from the invoke to its answer
     */
    default void environmentWarmed(String poolId, InvokeOutcome outcome, long tookNanos) {}

    /**
     * Instances cannot be started: told once, until they can again, or for another reason. They are tried ever more seldom.
     */
    default void startsFailing(String poolId, InvokeOutcome.Failed how) {}

    /** Instances can be started again. */
    default void startsSucceeding(String poolId) {}

    /** There are to be that many instances now. */
    default void desiredChanged(String poolId, int before, int desired, Observation because) {}

    /** There is no such pool any more; another one of its name may come. */
    default void poolRemoved(String poolId) {}

    /** Nobody needs to know. */
    PoolListener NONE = new PoolListener() {};
}
