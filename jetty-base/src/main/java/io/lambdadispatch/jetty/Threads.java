package io.lambdadispatch.jetty;

import java.util.OptionalInt;

/**
 * How many threads a router has, and how many of them select, each for a share of one port's connections.
 *
 * @param most in the pool
 * @param usersSelectors of each users' port
 * @param instancesSelectors of each port for instances, where most of a request's work is done: as soon as its answer comes in
 */
record Threads(int most, int usersSelectors, int instancesSelectors) {
    /** Requests need no thread; these are for TLS handshakes and the like. Jetty reserves one more for each CPU at most. */
    private static final int SPARE = 32;

    /** Users' and instances', each with TLS and without. */
    private static final int PORTS = 4;

    /**
     * For so many CPUs.
     *
     * @param configured the size of the pool, if an operator has chosen it: half of it may select
     */
    static Threads of(OptionalInt configured, int cpus) {
        int users = Math.max(1, cpus / 2);
        if (configured.isEmpty()) {
            int jettysOwn = cpus;
            return new Threads(SPARE + jettysOwn + PORTS / 2 * (users + cpus), users, cpus);
        }
        int mostSelectors = Math.max(1, configured.getAsInt() / 2 / PORTS);
        return new Threads(configured.getAsInt(), Math.min(users, mostSelectors), Math.min(cpus, mostSelectors));
    }
}
