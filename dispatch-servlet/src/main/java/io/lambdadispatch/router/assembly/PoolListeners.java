package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.engine.DrainReason;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.PoolListener;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several who watch a pool, told one after the other. One that throws hurts neither the others nor the pool. */
final class PoolListeners implements PoolListener {
    private static final Logger LOG = LoggerFactory.getLogger(PoolListeners.class);

    private final List<PoolListener> listeners;

    PoolListeners(PoolListener... listeners) {
        this.listeners = List.of(listeners);
    }

    private void tell(Consumer<PoolListener> what) {
        for (PoolListener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("{} failed unexpectedly", listener.getClass().getSimpleName(), e);
            }
        }
    }

    @Override
    public void instanceStarting(String poolId, LambdaInstance instance) {
        tell(listener -> listener.instanceStarting(poolId, instance));
    }

    @Override
    public void instanceOpened(String poolId, LambdaInstance instance, long startupNanos) {
        tell(listener -> listener.instanceOpened(poolId, instance, startupNanos));
    }

    @Override
    public void instanceDraining(String poolId, LambdaInstance instance, DrainReason why) {
        tell(listener -> listener.instanceDraining(poolId, instance, why));
    }

    @Override
    public void instanceExpiring(String poolId, LambdaInstance instance, long leavesInNanos) {
        tell(listener -> listener.instanceExpiring(poolId, instance, leavesInNanos));
    }

    @Override
    public void instanceEnded(String poolId, LambdaInstance instance, InvokeOutcome outcome) {
        tell(listener -> listener.instanceEnded(poolId, instance, outcome));
    }

    @Override
    public void environmentWarmed(String poolId, InvokeOutcome outcome, long tookNanos) {
        tell(listener -> listener.environmentWarmed(poolId, outcome, tookNanos));
    }

    @Override
    public void startsFailing(String poolId, InvokeOutcome.Failed how) {
        tell(listener -> listener.startsFailing(poolId, how));
    }

    @Override
    public void startsSucceeding(String poolId) {
        tell(listener -> listener.startsSucceeding(poolId));
    }

    @Override
    public void desiredChanged(String poolId, int before, int desired, Observation because) {
        tell(listener -> listener.desiredChanged(poolId, before, desired, because));
    }

    @Override
    public void poolRemoved(String poolId) {
        tell(listener -> listener.poolRemoved(poolId));
    }
}
