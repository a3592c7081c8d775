package io.lambdadispatch.jetty;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.Callback;

/**
 * Tells that a write has failed only when HTTP/2 has let go of its bytes. When a stream is reset by both of its ends, Jetty
 * (12.1) tells at once, although the bytes may be half way to the socket, behind a frame's head that says how many they are. Whoever is
 * told gives their buffer back, the next one fills it, and from there on the connection, with everybody else on it, is unreadable.
 */
final class PatientStream extends HttpStream.Wrapper {
    private final Sending sending = new Sending();

    PatientStream(HttpStream stream) {
        super(stream);
    }

    @Override
    public void send(
            MetaData.Request request, MetaData.Response response, boolean last, ByteBuffer content, Callback callback) {
        super.send(request, response, last, content, sending.begin(callback) ? sending : callback);
    }

    @Override
    public Runnable cancelSend(Throwable cause, Callback whoWaits) {
        return super.cancelSend(cause, Callback.from(() -> sending.whenOver(() -> whoWaits.failed(cause))));
    }

    /** The one write under way, if any: Jetty begins none before the one before is over. */
    private static final class Sending implements Callback {
        @GuardedBy("this")
        private Callback callback;

        @GuardedBy("this")
        private Runnable afterwards;

        synchronized boolean begin(Callback whoWaits) {
            if (callback != null) {
                return false;
            }
            callback = whoWaits;
            return true;
        }

        void whenOver(Runnable action) {
            synchronized (this) {
                if (callback != null) {
                    afterwards = action;
                    return;
                }
            }
            action.run();
        }

        @Override
        public void succeeded() {
            end(Callback::succeeded);
        }

        @Override
        public void failed(Throwable failure) {
            end(callback -> callback.failed(failure));
        }

        private void end(Consumer<Callback> how) {
            Callback whoWaits;
            Runnable next;
            synchronized (this) {
                whoWaits = callback;
                callback = null;
                next = afterwards;
                afterwards = null;
            }
            try {
                how.accept(whoWaits);
            } finally {
                if (next != null) {
                    next.run();
                }
            }
        }

        @Override
        public synchronized InvocationType getInvocationType() {
            return callback == null ? InvocationType.NON_BLOCKING : callback.getInvocationType();
        }
    }
}
