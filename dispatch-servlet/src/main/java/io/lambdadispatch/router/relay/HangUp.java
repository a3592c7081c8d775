package io.lambdadispatch.router.relay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.Consumer;

/**
 * Tells that a peer, a user or an instance, has left. A container that knows of it in a better way than the Servlet API provides puts one into the
 * request's attributes: Jetty 12.1 drops the failure of an HTTP/2 stream that is reset while one of its callbacks runs.
 */
public final class HangUp {
    /** Name of the request attribute. */
    public static final String ATTRIBUTE = HangUp.class.getName();

    @GuardedBy("this")
    private Consumer<Throwable> listener;

    @GuardedBy("this")
    private Throwable failure;

    /** The peer has left. Any thread. */
    public void happened(Throwable how) {
        Consumer<Throwable> told;
        synchronized (this) {
            failure = how;
            told = listener;
        }
        if (told != null) {
            told.accept(how);
        }
    }

    /** Tells when the peer leaves; at once when it has left already. */
    void listen(Consumer<Throwable> whoWantsToKnow) {
        Throwable past;
        synchronized (this) {
            listener = whoWantsToKnow;
            past = failure;
        }
        if (past != null) {
            whoWantsToKnow.accept(past);
        }
    }
}
