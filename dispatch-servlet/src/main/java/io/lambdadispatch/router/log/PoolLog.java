package io.lambdadispatch.router.log;

import io.lambdadispatch.router.engine.DrainReason;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of what a pool does. That starts fail, or init-only invokes, is told once, until they do not, or for another reason.
 * Thread-safe.
 */
public final class PoolLog implements PoolListener {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    /** Why each pool's latest init-only invoke failed. */
    private final Map<String, InvokeOutcome.Reason> failedWarmUps = new ConcurrentHashMap<>();

    /** From now on there is that pool. */
    public void poolMade(Pool pool) {
        LOG.info("pool {}: made for function {}", pool.id(), pool.settings().function());
    }

    @Override
    public void poolRemoved(String poolId) {
        failedWarmUps.remove(poolId);
        LOG.info("pool {}: removed, nobody has used it for a while", poolId);
    }

    @Override
    public void instanceStarting(String poolId, LambdaInstance instance) {
        LOG.debug("pool {}: instance {} is starting", poolId, instance.id());
    }

    @Override
    public void instanceOpened(String poolId, LambdaInstance instance, long startupNanos) {
        LOG.info(
                "pool {}: instance {} opened after {} ms",
                poolId,
                instance.id(),
                TimeUnit.NANOSECONDS.toMillis(startupNanos));
    }

    @Override
    public void instanceDraining(String poolId, LambdaInstance instance, DrainReason why) {
        LOG.info("pool {}: instance {} is draining: {}", poolId, instance.id(), why);
    }

    @Override
    public void instanceExpiring(String poolId, LambdaInstance instance, long leavesInNanos) {
        LOG.info(
                "pool {}: instance {} leaves in {} ms: a successor is started if one is needed",
                poolId,
                instance.id(),
                TimeUnit.NANOSECONDS.toMillis(leavesInNanos));
    }

    @Override
    public void instanceEnded(String poolId, LambdaInstance instance, InvokeOutcome outcome) {
        if (outcome instanceof InvokeOutcome.Answered answered) {
            LOG.info(
                    "pool {}: instance {} ended after {} ms and {} requests: {}",
                    poolId,
                    instance.id(),
                    answered.reply().invokeDurationMs(),
                    answered.reply().requestCount(),
                    answered.reply().exitReason());
        } else if (outcome instanceof InvokeOutcome.Failed failed) {
            if (instance.hasOpened()) {
                LOG.warn(
                        "pool {}: instance {} failed: {} {}", poolId, instance.id(), failed.reason(), failed.message());
            } else {
                LOG.debug("pool {}: instance {} failed: {}", poolId, instance.id(), failed.message());
            }
        }
    }

    @Override
    public void environmentWarmed(String poolId, InvokeOutcome outcome, long tookNanos) {
        if (outcome instanceof InvokeOutcome.Failed failed) {
            if (failedWarmUps.put(poolId, failed.reason()) != failed.reason()) {
                LOG.warn("pool {}: an init-only invoke failed: {} {}", poolId, failed.reason(), failed.message());
            }
        } else if (failedWarmUps.remove(poolId) != null) {
            LOG.info("pool {}: init-only invokes succeed again", poolId);
        }
    }

    @Override
    public void startsFailing(String poolId, InvokeOutcome.Failed how) {
        LOG.warn(
                "pool {}: instances cannot be started, and are tried ever more seldom: {} {}",
                poolId,
                how.reason(),
                how.message());
    }

    @Override
    public void startsSucceeding(String poolId) {
        LOG.info("pool {}: instances can be started again", poolId);
    }

    @Override
    public void desiredChanged(String poolId, int before, int desired, Observation because) {
        LOG.info(
                "pool {}: {} instances wanted instead of {} (waiting {}, running {}, starting {}, open {}, draining {})",
                poolId,
                desired,
                before,
                because.pending(),
                because.running(),
                because.starting(),
                because.open(),
                because.draining());
    }
}
