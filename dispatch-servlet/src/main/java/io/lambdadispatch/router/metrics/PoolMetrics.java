package io.lambdadispatch.router.metrics;

import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What a pool does, in figures, each with the tag {@code pool}. Counts are kept as things happen; gauges look into the pool's
 * books when somebody asks. Thread-safe.
 */
public final class PoolMetrics implements PoolListener {
    private static final String PREFIX = "lambda.dispatch.";
    private static final String POOL = "pool";

    private final MeterRegistry registry;

    public PoolMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows the pool's books from now on, until it is removed. */
    public void watch(Pool pool) {
        gauge(pool, "requests.queued", "Requests that wait for an instance", Observation::pending);
        gauge(pool, "requests.running", "Requests that an instance has", Observation::running);
        gauge(pool, "channels.idle", "Channels that wait for a request", Observation::idleChannels);
        instances(pool, "starting", Observation::starting);
        instances(pool, "open", Observation::open);
        instances(pool, "draining", Observation::draining);
        Gauge.builder(PREFIX + "starts.failing", pool, it -> it.failure().isPresent() ? 1 : 0)
                .description("1 while instances cannot be started, or it is not proved yet that they can again")
                .tag(POOL, pool.id())
                .register(registry);
    }

    private void gauge(Pool pool, String name, String description, ToDoubleFunction<Observation> figure) {
        Gauge.builder(PREFIX + name, pool, it -> figure.applyAsDouble(it.observe()))
                .description(description)
                .tag(POOL, pool.id())
                .register(registry);
    }

    private void instances(Pool pool, String state, ToDoubleFunction<Observation> figure) {
        Gauge.builder(PREFIX + "instances", pool, it -> figure.applyAsDouble(it.observe()))
                .description("Instances by what they are at")
                .tag(POOL, pool.id())
                .tag("state", state)
                .register(registry);
    }

    @Override
    public void instanceStarting(String poolId, LambdaInstance instance) {
        count("invokes", "Invokes that were to start an instance", Tags.of(POOL, poolId));
    }

    @Override
    public void instanceOpened(String poolId, LambdaInstance instance, long startupNanos) {
        registry.timer(PREFIX + "instance.startup", POOL, poolId).record(startupNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void instanceEnded(String poolId, LambdaInstance instance, InvokeOutcome outcome) {
        if (outcome instanceof InvokeOutcome.Failed failed) {
            String reason = failed.reason().name().toLowerCase(java.util.Locale.ROOT);
            count("invoke.failures", "Invokes that failed, by reason", Tags.of(POOL, poolId, "reason", reason));
        } else if (outcome instanceof InvokeOutcome.Answered answered) {
            String reason = answered.reply().exitReason();
            count(
                    "instance.exits",
                    "Instances that left, by their own reason",
                    Tags.of(POOL, poolId, "reason", reason));
        }
    }

    private void count(String name, String description, Tags tags) {
        Counter.builder(PREFIX + name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment();
    }

    @Override
    public void poolRemoved(String poolId) {
        List<Meter> gone = registry.getMeters().stream()
                .filter(meter -> poolId.equals(meter.getId().getTag(POOL)))
                .toList();
        gone.forEach(registry::remove);
    }
}
