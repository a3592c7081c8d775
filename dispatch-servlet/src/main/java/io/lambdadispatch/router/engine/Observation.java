package io.lambdadispatch.router.engine;

/**
 * The books of a pool at one moment.
 *
 * @param pending requests that wait
 * @param running requests that have a channel
 * @param peakRunning most requests that had a channel at once since the last observation: between two looks a short request
 *     comes and goes unseen
 * @param idleChannels channels that wait for a request
 * @param starting instances that were invoked and have not called back yet
 * @param open instances that take requests, those that expire included
 * @param expiring of the open ones, those that are about to leave at their deadline: they take requests, but are to be replaced
 * @param draining instances that finish what they run
 * @param flow what has passed through since the pool was made
 */
public record Observation(
        int pending,
        int running,
        int peakRunning,
        int idleChannels,
        int starting,
        int open,
        int expiring,
        int draining,
        Flow flow) {

    /**
     * Sums that only grow; what happened between two moments is their difference.
     *
     * @param arrivals requests that came, also those for whom the queue was full
     * @param ended requests that had a channel and gave it back, answered or not
     * @param busyNanos how long those had it, in all
     */
    public record Flow(long arrivals, long ended, long busyNanos) {
        /** Nothing has happened yet. */
        public static final Flow NONE = new Flow(0, 0, 0);
    }

    /** Whether there is neither work nor an instance. */
    boolean isDormant() {
        return pending == 0 && running == 0 && starting == 0 && open == 0 && draining == 0;
    }

    /** Instances that serve, or soon will, for some time to come. */
    int present() {
        return starting + open - expiring;
    }
}
