package io.lambdadispatch.router.engine;

/**
 * Runs tasks later, one after the other: what runs on one scheduler needs no lock among itself. May be called from any
 * thread; must not run the task before returning.
 */
@FunctionalInterface
public interface Scheduler {
    /**
     * Runs the task once, when the delay is over.
     *
     * @param delayNanos 0 for as soon as possible
     */
    void schedule(Runnable task, long delayNanos);
}
