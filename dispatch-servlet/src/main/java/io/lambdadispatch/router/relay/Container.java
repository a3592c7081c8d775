package io.lambdadispatch.router.relay;

import jakarta.servlet.AsyncContext;

/** Port to what servlet containers do differently. Implementations hold no state of a request. */
public interface Container {
    /**
     * Whether a response's output can be closed while its request is still being read. Where it cannot, a request inside a
     * channel must say itself where it ends.
     */
    boolean closesOutputEarly();

    /** Whether {@code complete()} sends what the response still holds without blocking the caller. */
    boolean completesWithoutBlocking();

    /**
     * Whether that failure of a stream is the loss of its whole connection: the other streams on it only do not know yet. Asked
     * where there is no {@link Line} that knows.
     */
    default boolean isConnectionLost(Throwable failure) {
        return false;
    }

    /** Ends the exchange with its peer such that the peer cannot take it for a complete one. */
    void abort(AsyncContext context);
}
