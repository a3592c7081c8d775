package io.lambdadispatch.router.relay;

import jakarta.servlet.ServletRequest;
import java.util.function.Consumer;

/**
 * The line to a peer, a user or an instance: what a container knows of it, and can do with it, beyond the Servlet API. One that
 * has it puts it into the request's attributes; elsewhere the listeners of the Servlet API have to do.
 */
public interface Line {
    /** Name of the request attribute. */
    String ATTRIBUTE = Line.class.getName();

    /** Tells one listener when the peer has left, on any thread; at once when he has left already. */
    void onHangUp(Consumer<Throwable> listener);

    /**
     * Cuts the peer off: his stream is reset, or his connection closed. If something is being written to him, that ends now, and
     * the output's listener is told. Any thread; does nothing when he has left already.
     */
    void cut();

    /** Whether the whole connection is lost: other streams on it only do not know yet. Asked when this stream has failed. */
    boolean isLost();

    /** The request's line, or {@code null}. */
    static Line of(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Line line ? line : null;
    }
}
