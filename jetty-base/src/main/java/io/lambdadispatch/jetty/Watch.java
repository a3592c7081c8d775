package io.lambdadispatch.jetty;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Reads ahead on a connection whose request was read to its end, to see it close. What it reads instead, the beginning of a
 * pipelined request, it gives to the connection, and stops. It lets go of the connection before the exchange is completed: a
 * read under way then would make Jetty close the connection.
 */
final class Watch extends HttpStream.Wrapper {
    private static final int READ_AHEAD_BYTES = 1024;

    /**
     * <pre>
     * NEW ──old enough──▶ WATCHING ──▶ ENDED   (completed, hung up, or the next request came)
     *  └──────────────────────────────▶ ENDED
     * </pre>
     */
    private enum State {
        NEW,
        WATCHING,
        ENDED
    }

    private final HttpConnection connection;
    private final boolean isBelowHttp11;
    private final Consumer<Throwable> onHangUp;
    private final Consumer<Watch> onEnd;
    private final long beganNanos = System.nanoTime();
    private volatile boolean isAnswered;

    @GuardedBy("this")
    private State state = State.NEW;

    Watch(HttpStream stream, HttpConnection connection, Consumer<Throwable> onHangUp, Consumer<Watch> onEnd) {
        super(stream);
        this.connection = connection;
        this.isBelowHttp11 = connection.getHttpVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
        this.onHangUp = onHangUp;
        this.onEnd = onEnd;
    }

    synchronized void beginIfOlder(long nowNanos, long ageNanos) {
        if (state == State.NEW && nowNanos - beganNanos >= ageNanos && hasReadAll() && awaitReadable()) {
            state = State.WATCHING;
        }
    }

    /** Until then reading is the request's own business. */
    private boolean hasReadAll() {
        return connection.getParser().isState(HttpParser.State.END)
                && connection.isRequestBufferEmpty()
                && connection.getEndPoint() instanceof AbstractEndPoint;
    }

    private boolean awaitReadable() {
        return connection.getEndPoint().tryFillInterested(new Callback() {
            @Override
            public void succeeded() {
                if (hasHungUp()) {
                    tell();
                }
            }

            @Override
            public InvocationType getInvocationType() {
                return InvocationType.NON_BLOCKING;
            }
        });
    }

    private synchronized boolean hasHungUp() {
        if (state != State.WATCHING) {
            return false;
        }
        EndPoint endPoint = connection.getEndPoint();
        ByteBuffer ahead = BufferUtil.allocate(READ_AHEAD_BYTES);
        int size;
        try {
            size = endPoint.fill(ahead);
        } catch (IOException e) {
            size = -1;
        }
        if (size == 0 && awaitReadable()) {
            return false;
        }
        state = State.ENDED;
        if (size > 0) {
            connection.onUpgradeTo(ahead);
        }
        return size < 0;
    }

    /**
     * Whoever serves the request, and not Jetty: a user may well hang up because he has got all of his answer, and Jetty, which
     * is about to notice that it has been sent, would never complete an exchange that fails at that moment.
     */
    private void tell() {
        onHangUp.accept(new EofException("user hung up"));
    }

    @Override
    public void send(
            MetaData.Request request, MetaData.Response response, boolean last, ByteBuffer content, Callback callback) {
        super.send(request, response, last, content, last && isBelowHttp11 ? marksAnswered(callback) : callback);
    }

    /** Not before the kernel has the end of it: a user who does not take it is cut off with what is left. */
    private Callback marksAnswered(Callback callback) {
        return new Callback.Nested(callback) {
            @Override
            public void succeeded() {
                isAnswered = true;
                super.succeeded();
            }
        };
    }

    @Override
    public void succeeded() {
        end();
        super.succeeded();
    }

    @Override
    public void failed(Throwable failure) {
        end();
        resetBelowHttp11();
        super.failed(failure);
    }

    /**
     * To HTTP/1.0 the end of the connection is the end of the answer: a reset only shows that it is not all of it. It drops what the
     * kernel has not sent yet, so it is not for an answer that was whole, before all of its request had come.
     */
    private void resetBelowHttp11() {
        if (isBelowHttp11 && !isAnswered && connection.getEndPoint().getTransport() instanceof SocketChannel socket) {
            try {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                // It is closed already.
            }
        }
    }

    private void end() {
        onEnd.accept(this);
        letGo();
    }

    private synchronized void letGo() {
        if (state == State.WATCHING) {
            state = State.ENDED;
            // What becomes readable now is the next request, and the connection's to read.
            ((AbstractEndPoint) connection.getEndPoint()).getFillInterest().onFail(new CancellationException());
        }
        state = State.ENDED;
    }
}
