package io.lambdadispatch.client.app;

import io.lambdadispatch.protocol.Head;
import java.nio.ByteBuffer;

/**
 * What an {@link AppConnection} tells about the one exchange that it carries, on the reactor thread. Either
 * {@link #responseEnded} or {@link #failed} is the last call that matters to the response; {@link #requestTaken} may follow.
 */
public interface AppExchange {
    /** Why an exchange with the app failed. */
    enum Failure {
        /** Nobody listens on the app's port: the app is gone. */
        REFUSED,
        /** No connection, for another reason. */
        UNREACHABLE,
        /** The connection ended before the response's head. */
        CLOSED_BEFORE_HEAD,
        /** The response's head is none, or too large. */
        MALFORMED_HEAD,
        /** The connection or its framing broke in the middle of the response. */
        BROKEN
    }

    /**
     * The final response's head; interim ones are not told.
     *
     * @param head valid during the call only
     * @param length bytes of the body: 0 when there is none, -1 when unknown
     */
    void responseStarted(Head head, int status, long length);

    /**
     * A run of the body.
     *
     * @param data valid during the call only, to be read whole
     */
    void responseData(ByteBuffer data);

    void responseEnded();

    /** The reactor's event on the app's connection is over: a good moment to send on what has collected. */
    void responseFlush();

    /** Whether more of the response may be read; when not, {@link AppConnection#resume} continues. */
    boolean wantsMore();

    /** That many bytes of the request's body have left, or have been thrown away. */
    void requestTaken(int bytes);

    void failed(Failure failure);
}
