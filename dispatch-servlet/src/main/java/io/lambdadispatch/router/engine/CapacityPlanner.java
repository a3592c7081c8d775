package io.lambdadispatch.router.engine;

/**
 * Decides how many instances there are to be. A pure function: the same observation, memory and time give the same decision,
 * and what it must remember it hands back.
 *
 * @param <M> what it remembers
 */
public interface CapacityPlanner<M extends CapacityPlanner.Memory> {
    /** What a planner knows of the past. */
    interface Memory {
        /** The decision: instances that there are to be. */
        int desired();
    }

    /** What it knows before anything has happened. */
    M begin();

    /**
     * Decides anew.
     *
     * @param memory what the last decision handed back; {@link #begin} at first
     * @param startupNanos how long an instance takes from its invoke to its first channel, as far as is known
     */
    M plan(Observation observation, M memory, long startupNanos, long nowNanos);

    /**
     * Not as many could be had as were wanted. Wishes must not pile up meanwhile, or they would all be made true at once later;
     * nor must they use up what the recovery will need.
     *
     * @param before what was known before that decision
     * @param decided the decision
     * @param had how many there are instead
     */
    M withheld(M before, M decided, int had);
}
