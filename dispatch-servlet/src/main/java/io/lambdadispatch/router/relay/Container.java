package io.lambdadispatch.router.relay;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;

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
     * Whether a response that is reset is no longer a non-blocking one, so that its output takes a little without being asked
     * whether it is ready.
     */
    boolean resetEndsNonBlocking();

    /**
     * Whether the request's body is there to its end, and what nobody has read of it would take room from all other bodies of its
     * HTTP/2 connection, for good (RFC 9113 §6.9.1).
     */
    boolean keepsUnread(ServletRequest request);

    /**
     * Whether an input that says that nothing is there may have promised no callback, and is to be asked once more. Where it is
     * not so, to ask again at once may meet the callback on its way.
     */
    boolean mayForgetToTell();

    /**
     * Has the container tell the request's read listener of what has come and is not read, in case it has forgotten to; the
     * listener may be called without need. Called now and then while nothing moves. Any thread.
     */
    void tellOfUnread(ServletRequest request);

    /**
     * Whether the request's stream was reset although its input seems to have ended. Asked where an end is about to be taken for
     * the end of a body.
     */
    boolean isReset(ServletRequest request);

    /**
     * Whether the peer of a request that is not yet answered has left, though perhaps nobody was told. Asked now and then while
     * nothing moves, where there is no {@link Line} that tells. Any thread.
     */
    boolean isGone(ServletRequest request);

    /**
     * Whether the request's stream failed because its whole connection is lost: the other streams on it only do not know yet.
     * Asked where there is no {@link Line} that knows.
     *
     * @param failure as told to a listener; {@code null} when nothing was told
     */
    boolean isConnectionLost(ServletRequest request, Throwable failure);

    /** Ends the exchange with its peer such that the peer cannot take it for a complete one. */
    void abort(AsyncContext context);
}
