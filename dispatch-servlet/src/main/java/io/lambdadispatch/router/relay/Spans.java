package io.lambdadispatch.router.relay;

/** Port for a tracing system, which records each request as a span. Called on any thread; must neither block nor throw. */
@FunctionalInterface
public interface Spans {
    /** Nothing is recorded, and no object is made. */
    Spans NONE = (request, pool) -> RequestSpan.NONE;

    /**
     * A user's request has come. Called on the thread that takes it in.
     *
     * @param pool id of the pool that is to serve it
     */
    RequestSpan begin(RequestHead request, String pool);
}
