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
 * @param open instances that take requests
 * @param draining instances that finish what they run
 */
public record Observation(
        int pending, int running, int peakRunning, int idleChannels, int starting, int open, int draining) {

    /** Whether there is neither work nor an instance. */
    boolean isDormant() {
        return pending == 0 && running == 0 && starting == 0 && open == 0 && draining == 0;
    }

    /** Instances that serve, or soon will. */
    int present() {
        return starting + open;
    }
}
