package io.lambdadispatch.local.billing;

/**
 * One live environment, as it was at one moment.
 *
 * @param id its short id
 * @param pid process id of its root process, 0 before that is started
 * @param state {@link State}
 * @param busy whether an invoke is assigned to it, be it still starting
 * @param busyMs how long it has been running its invoke, in ms; 0 when it has none or is still starting
 * @param invokes how many invokes it has answered
 * @param port the port given to the app inside, {@code LAMBDA_DISPATCH_PORT}
 * @param frozen whether its processes are stopped (SIGSTOP): between invokes, on demand, or because it hangs
 */
public record EnvironmentStats(
        String id, long pid, State state, boolean busy, long busyMs, long invokes, int port, boolean frozen) {
    /** Where an environment is in its life. */
    public enum State {
        /** Its runtime has not yet asked for the first invoke. */
        STARTING,
        /** Ready, without an invoke. */
        IDLE,
        /** Running an invoke. */
        BUSY
    }
}
