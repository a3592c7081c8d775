package io.lambdadispatch.it.load;

/** What users ask for, one after the other. Called by one thread. */
@FunctionalInterface
public interface Workload {
    /** The next request, to be sent once. */
    LoadRequest next();
}
