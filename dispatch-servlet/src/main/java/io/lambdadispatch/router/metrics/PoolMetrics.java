package io.lambdadispatch.router.metrics;

import io.lambdadispatch.router.config.CostSettings;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolListener;
import io.lambdadispatch.router.relay.RequestListener;
import io.lambdadispatch.router.relay.RequestRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** What pools do, in figures, each with the tag {@code pool}; {@code docs/observability.md} lists them. Thread-safe. */
public final class PoolMetrics implements PoolListener, RequestListener {
    static final String PREFIX = "lambda.dispatch.";

    /** Tag of what concerns no pool that there is. */
    private static final String NO_POOL = "none";

    /** By which the front door refuses; their counters are there from the beginning. */
    private static final List<Integer> REJECTIONS = List.of(400, 403, 404, 431, 503);

    private final MeterRegistry registry;
    private final CostSettings cost;
    private final LongSupplier clock;
    private final Counter strangersRefused;
    private final Map<String, PoolFigures> pools = new ConcurrentHashMap<>();

    /**
     * @param clock as {@link System#nanoTime()}
     */
    public PoolMetrics(MeterRegistry registry, CostSettings cost, LongSupplier clock) {
        this.registry = registry;
        this.cost = cost;
        this.clock = clock;
        strangersRefused = channelsRefused(registry, NO_POOL, ChannelRefusal.UNKNOWN);
        REJECTIONS.forEach(this::requestsRejected);
    }

    /** Keeps and shows the pool's figures from now on, until it is removed. */
    public void watch(Pool pool) {
        pools.put(pool.id(), new PoolFigures(registry, pool, cost, clock));
    }

    Collection<PoolFigures> pools() {
        return pools.values();
    }

    /** {@code null} when there is no such pool. */
    PoolFigures of(String poolId) {
        return pools.get(poolId);
    }

    /** To be called once a second while somebody may ask for rates. */
    public void look() {
        pools.values().forEach(PoolFigures::look);
    }

    @Override
    public void ended(RequestRecord request) {
        PoolFigures figures = request.pool() == null ? null : pools.get(request.pool());
        if (figures != null) {
            figures.add(request);
        } else if (request.pool() == null) {
            requestsRejected(request.status()).increment();
        }
    }

    /**
     * An instance's channel was refused.
     *
     * @param poolId {@code null} when there is no such pool
     */
    public void channelRefused(String poolId, ChannelRefusal why) {
        PoolFigures figures = poolId == null ? null : pools.get(poolId);
        if (figures == null) {
            strangersRefused.increment();
        } else {
            figures.channelRefused(why);
        }
    }

    static Counter channelsRefused(MeterRegistry registry, String poolId, ChannelRefusal why) {
        return Counter.builder(PREFIX + "channels.refused")
                .description("Channels of instances that were refused, by reason")
                .tags(PoolFigures.POOL, poolId, "reason", PoolFigures.name(why))
                .register(registry);
    }

    private Counter requestsRejected(int status) {
        return Counter.builder(PREFIX + "requests.rejected")
                .description("Requests that the front door refused, by status")
                .tag("status", Integer.toString(status))
                .register(registry);
    }

    @Override
    public void instanceStarting(String poolId, LambdaInstance instance) {
        PoolFigures figures = pools.get(poolId);
        if (figures != null) {
            figures.instanceStarting();
            figures.bill.started(instance.id());
        }
    }

    @Override
    public void instanceOpened(String poolId, LambdaInstance instance, long startupNanos) {
        PoolFigures figures = pools.get(poolId);
        if (figures != null) {
            figures.instanceOpened(startupNanos);
            figures.bill.opened(instance.id());
        }
    }

    @Override
    public void instanceEnded(String poolId, LambdaInstance instance, InvokeOutcome outcome) {
        PoolFigures figures = pools.get(poolId);
        if (figures == null) {
            return;
        }
        figures.bill.ended(instance.id(), outcome);
        if (outcome instanceof InvokeOutcome.Failed failed) {
            figures.invokeFailed(failed);
        } else if (outcome instanceof InvokeOutcome.Answered answered) {
            figures.instanceLeft(answered.reply().exitReason());
        }
    }

    @Override
    public void environmentWarmed(String poolId, InvokeOutcome outcome, long tookNanos) {
        PoolFigures figures = pools.get(poolId);
        if (figures != null) {
            figures.bill.warmed(outcome, tookNanos);
            figures.environmentWarmed(outcome);
        }
    }

    @Override
    public void poolRemoved(String poolId) {
        pools.remove(poolId);
        List<Meter> gone = registry.getMeters().stream()
                .filter(meter -> poolId.equals(meter.getId().getTag(PoolFigures.POOL)))
                .toList();
        gone.forEach(registry::remove);
    }
}
