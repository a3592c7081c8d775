package io.lambdadispatch.demo;

/** How many requests this process has seen, and how many at once. Safe for use by threads. */
final class RequestCounters {
    static final RequestCounters ALL = new RequestCounters();

    private long total;
    private int current;
    private int most;

    /**
     * The figures of one moment.
     *
     * @param total requests begun
     * @param current requests in flight
     * @param most the most that were in flight at once
     */
    record Figures(long total, int current, int most) {}

    synchronized void began() {
        total++;
        current++;
        most = Math.max(most, current);
    }

    synchronized void ended() {
        current--;
    }

    synchronized Figures figures() {
        return new Figures(total, current, most);
    }
}
