package io.lambdadispatch.router.engine;

/**
 * Something that is so without a break, or is not so.
 *
 * @param sinceNanos means nothing when it is not so
 */
record Lasting(boolean holds, long sinceNanos) {
    /** It is not so. */
    static final Lasting NOT = new Lasting(false, 0);

    Lasting seen(boolean holdsNow, long nowNanos) {
        if (!holdsNow) {
            return NOT;
        }
        // A clock that jumped back begins anew: what it said before will not come again for long.
        return holds && nowNanos - sinceNanos >= 0 ? this : new Lasting(true, nowNanos);
    }

    boolean lasts(long nanos, long nowNanos) {
        return holds && nowNanos - sinceNanos >= nanos;
    }
}
