package io.lambdadispatch.router.engine;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The pools of a router, by name. Thread-safe. */
public final class Pools {
    private final Map<String, Pool> pools = new ConcurrentHashMap<>();
    private final Pool defaultPool;

    /**
     * @param defaultPool serves every request that names no other
     */
    public Pools(Pool defaultPool) {
        this.defaultPool = defaultPool;
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

    /** All pools. */
    public Collection<Pool> all() {
        return pools.values();
    }

    /** No pool takes requests any more. */
    public void close() {
        pools.values().forEach(Pool::close);
    }

    /** Whatever is left in any pool is cut off. */
    public void abandon() {
        pools.values().forEach(Pool::abandon);
    }
}
