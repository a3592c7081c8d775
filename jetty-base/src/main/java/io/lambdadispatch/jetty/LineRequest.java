package io.lambdadispatch.jetty;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lambdadispatch.router.relay.Line;
import java.util.function.Consumer;
import org.eclipse.jetty.http2.CloseState;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * A request that is its own {@link Line}, and keeps its failures to itself. Told of a failure, Jetty's servlets would do two
 * things that harm (12.1): drop it when one of their callbacks runs at that moment; and, when the response has begun, complete and
 * recycle the exchange at once, under a thread that is still writing.
 */
final class LineRequest extends Request.Wrapper implements Line {
    @GuardedBy("this")
    private Consumer<Throwable> listener;

    @GuardedBy("this")
    private Throwable failure;

    LineRequest(Request request) {
        super(request);
        request.addFailureListener(this::hungUp);
        // One who left before that listener was heard is told to none.
        if (hasLeft()) {
            hungUp(new EofException("left at once"));
        }
    }

    /** The peer has left. Any thread; what is said again is not heard. */
    void hungUp(Throwable how) {
        Consumer<Throwable> told;
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = how;
            told = listener;
        }
        if (told != null) {
            told.accept(how);
        }
    }

    @Override
    public void onHangUp(Consumer<Throwable> whoWantsToKnow) {
        Throwable past;
        synchronized (this) {
            listener = whoWantsToKnow;
            past = failure;
        }
        if (past != null) {
            whoWantsToKnow.accept(past);
        }
    }

    /** Whoever wants to know asks the line. */
    @Override
    public void addFailureListener(Consumer<Throwable> onFailure) {}

    /** Our servlets do not block when there is more to read, though Jetty cannot know. */
    @Override
    public void demand(Runnable whenReadable) {
        super.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, whenReadable));
    }

    /** Found without a map of attributes, which most requests then do without. */
    @Override
    public Object getAttribute(String name) {
        return name.equals(ATTRIBUTE) ? this : super.getAttribute(name);
    }

    @Override
    public void cut() {
        Connection connection = getConnectionMetaData().getConnection();
        if (connection instanceof HTTP2Connection http2) {
            Stream stream = stream(http2);
            if (stream != null) {
                stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
            }
        } else {
            connection.getEndPoint().close();
        }
    }

    private Stream stream(HTTP2Connection http2) {
        return http2.getSession().getStream(Integer.parseInt(getId()));
    }

    /** Asked while nothing has been answered: a stream of ours that is gone was reset. */
    private boolean hasLeft() {
        Connection connection = getConnectionMetaData().getConnection();
        return isLost() || (connection instanceof HTTP2Connection http2 && stream(http2) == null);
    }

    @Override
    public boolean isLost() {
        Connection connection = getConnectionMetaData().getConnection();
        if (connection instanceof HTTP2Connection http2) {
            return isLost(http2.getSession());
        }
        return !connection.getEndPoint().isOpen();
    }

    /** An instance that says that it will open no more streams has not left yet. */
    private static boolean isLost(HTTP2Session session) {
        return session.getCloseState() == CloseState.CLOSING || session.getCloseState() == CloseState.CLOSED;
    }
}
