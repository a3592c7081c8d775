package io.lambdadispatch.jetty;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * A user's connection with HTTP/1.1. It does three things that Jetty's own does not:
 *
 * <ul>
 *   <li>It reads on by itself when another connection's event has answered its request; Jetty would wake a thread for it each time. As long as
 *       nothing has come it only has to wait, which is done at once; a request that has come already is taken at the end of the turn.
 *   <li>It can read ahead while a request waits or runs, to see that the user has hung up.
 *   <li>To a user of HTTP/1.0 a response that breaks off never looks whole.
 * </ul>
 *
 * <p>This is the one place where a class from a package that Jetty calls {@code internal} is used: {@code HttpConnection} of Jetty 12.1, for
 * which there is no public way to do so. {@code UserConnectionTest} names the version that was looked at.
 */
final class UserConnection extends HttpConnection {
    private static final int READ_AHEAD_BYTES = 1024;

    private final Executor reader = this::readOn;

    /** The newest; it says itself whether it is over. */
    private volatile UserStream stream;

    UserConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
        super(configuration, connector, endPoint);
    }

    /**
     * What is no request is answered as one of HTTP/1.1: only then Jetty (12.1.12) says that the connection ends behind the response. It names
     * such a request as below.
     */
    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
        boolean isNone = uri.equals("/badMessage") && method.equals("BAD");
        UserStream next = new UserStream(method, uri, isNone ? HttpVersion.HTTP_1_1 : version);
        stream = next;
        return next;
    }

    @Override
    protected Executor getExecutor() {
        return TurnSelector.current() == null ? super.getExecutor() : reader;
    }

    private void readOn(Runnable reading) {
        if (isRequestBufferEmpty() && getEndPoint() instanceof TurnEndPoint socket && socket.isDrained()) {
            reading.run();
        } else {
            TurnSelector.current().atEndOfTurn(reading);
        }
    }

    /** Who is to be told when the user hangs up on the request that has just been read. */
    void onHangUp(Consumer<Throwable> listener) {
        stream.onHangUp = listener;
    }

    /** Begins to look whether the user hangs up, if there is a request that is older than that. Any thread. */
    void watchIfOlder(long nowNanos, long ageNanos) {
        UserStream current = stream;
        if (current != null) {
            current.watchIfOlder(nowNanos, ageNanos);
        }
    }

    /** Whether a request is being read, waits or runs. */
    boolean hasRequest() {
        return getHttpChannel().getRequest() != null;
    }

    /** Whether it waits for the first byte of a request. */
    boolean isAtRest() {
        return !hasRequest() && getParser().isStart();
    }

    /**
     * Reads ahead once its request was read to its end. What it reads instead of an end, the beginning of a pipelined request, it gives to the
     * connection, and stops. It lets go of the connection before the exchange is completed: a read under way then would make Jetty close it.
     */
    private final class UserStream extends HttpStreamOverHTTP1 {
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

        private final boolean isBelowHttp11;
        private final long beganNanos = System.nanoTime();
        private volatile Consumer<Throwable> onHangUp;
        private volatile boolean isAnswered;

        @GuardedBy("this")
        private State state = State.NEW;

        UserStream(String method, String uri, HttpVersion version) {
            super(method, uri, version);
            isBelowHttp11 = version != null && version.compareTo(HttpVersion.HTTP_1_1) < 0;
        }

        synchronized void watchIfOlder(long nowNanos, long ageNanos) {
            boolean isOld = state == State.NEW && onHangUp != null && nowNanos - beganNanos >= ageNanos;
            if (isOld && hasReadAll() && awaitReadable()) {
                state = State.WATCHING;
            }
        }

        /** Until then reading is the request's own business. */
        private boolean hasReadAll() {
            return getParser().isState(HttpParser.State.END)
                    && isRequestBufferEmpty()
                    && getEndPoint() instanceof AbstractEndPoint;
        }

        private boolean awaitReadable() {
            return getEndPoint().tryFillInterested(new Callback() {
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
            ByteBuffer ahead = BufferUtil.allocate(READ_AHEAD_BYTES);
            int size;
            try {
                size = getEndPoint().fill(ahead);
            } catch (IOException e) {
                size = -1;
            }
            if (size == 0 && awaitReadable()) {
                return false;
            }
            state = State.ENDED;
            if (size > 0) {
                onUpgradeTo(ahead);
            }
            return size < 0;
        }

        /**
         * Whoever serves the request, and not Jetty: a user may well hang up because they have got all of their response, and Jetty, which is
         * about to notice that it has been sent, would never complete an exchange that fails at that moment.
         */
        private void tell() {
            onHangUp.accept(new EofException("user hung up"));
        }

        @Override
        public void send(
                MetaData.Request request,
                MetaData.Response response,
                boolean last,
                ByteBuffer content,
                Callback callback) {
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
            letGo();
            super.succeeded();
        }

        @Override
        public void failed(Throwable failure) {
            letGo();
            resetBelowHttp11();
            super.failed(failure);
        }

        /**
         * To HTTP/1.0 the end of the connection is the end of the response: a reset only shows that it is not all of it. It drops what the
         * kernel has not sent yet, so it is not for a response that was whole, before all of its request had come.
         */
        private void resetBelowHttp11() {
            if (isBelowHttp11 && !isAnswered && getEndPoint().getTransport() instanceof SocketChannel socket) {
                try {
                    socket.setOption(StandardSocketOptions.SO_LINGER, 0);
                } catch (IOException e) {
                    // It is closed already.
                }
            }
        }

        private synchronized void letGo() {
            if (state == State.WATCHING) {
                state = State.ENDED;
                // What becomes readable now is the next request, and the connection's to read.
                ((AbstractEndPoint) getEndPoint()).getFillInterest().onFail(new CancellationException());
            }
            state = State.ENDED;
        }
    }
}
