package io.lambdadispatch.router.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The pools of a router, by name: the one of the configured function, which is always there, and those that requests ask for,
 * which are made on first use and removed when nobody has used them for a while. Thread-safe.
 */
public final class Pools {
    private static final int LOOKS_PER_IDLE_TIMEOUT = 4;

    private final Map<String, Pool> pools = new ConcurrentHashMap<>();
    private final Pool defaultPool;
    private final Function<String, Pool> factory;
    private final Limits limits;
    private final Scheduler scheduler;
    private final AtomicInteger others = new AtomicInteger();
    private final AtomicBoolean isWatching = new AtomicBoolean();
    private volatile boolean isClosed;

    /**
     * What may be.
     *
     * @param maxPools pools beside the default one
     * @param idleTimeout after which a pool beside the default one is removed when it has neither work nor an instance
     */
    public record Limits(int maxPools, Duration idleTimeout) {}

    /**
     * @param defaultPool serves every request that names no other
     * @param factory makes the pool of a function
     */
    public Pools(Pool defaultPool, Function<String, Pool> factory, Limits limits, Scheduler scheduler) {
        this.defaultPool = defaultPool;
        this.factory = factory;
        this.limits = limits;
        this.scheduler = scheduler;
        pools.put(defaultPool.id(), defaultPool);
    }

    /** The pool of the configured function. */
    public Pool defaultPool() {
        return defaultPool;
    }

    /** The pool of that name; empty when there is none. */
    public Optional<Pool> find(String poolId) {
        return Optional.ofNullable(pools.get(poolId));
    }

    /**
     * The pool of that function, made when there is none. A request should follow at once.
     *
     * @param function as AWS Lambda's {@code Invoke} takes it; the pool's name too
     * @return empty when there are as many pools as may be
     */
    public Optional<Pool> open(String function) {
        // The same lock as for the removal: a pool is either found and kept, or removed and made anew.
        Pool pool = pools.compute(function, (name, found) -> {
            if (found != null) {
                found.touch();
                return found;
            }
            return isClosed || !takePlace() ? null : factory.apply(name);
        });
        if (isClosed && pool != null) {
            // The end of all may have passed by before it could be found.
            pool.close();
        }
        watch();
        return Optional.ofNullable(pool);
    }

    private boolean takePlace() {
        if (others.incrementAndGet() <= limits.maxPools()) {
            return true;
        }
        others.decrementAndGet();
        return false;
    }

    private void watch() {
        if (others.get() > 0 && isWatching.compareAndSet(false, true)) {
            scheduler.schedule(this::removeIdle, limits.idleTimeout().toNanos() / LOOKS_PER_IDLE_TIMEOUT);
        }
    }

    private void removeIdle() {
        for (String name : pools.keySet()) {
            pools.computeIfPresent(name, (key, pool) -> {
                if (pool.equals(defaultPool) || !pool.closeIfIdle(limits.idleTimeout())) {
                    return pool;
                }
                others.decrementAndGet();
                return null;
            });
        }
        isWatching.set(false);
        watch();
    }

    /** All pools. */
    public Collection<Pool> all() {
        return pools.values();
    }

    /** No pool takes requests any more, and none is made. */
    public void close() {
        isClosed = true;
        pools.values().forEach(Pool::close);
    }

    /** Whatever is left in any pool is cut off. */
    public void abandon() {
        pools.values().forEach(Pool::abandon);
    }
}
