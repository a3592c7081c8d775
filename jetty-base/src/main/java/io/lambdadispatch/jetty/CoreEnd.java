package io.lambdadispatch.jetty;

import io.lambdadispatch.router.relay.HttpEnd;
import io.lambdadispatch.router.relay.RequestHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.CloseState;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * An exchange of Jetty's own handlers, without a servlet. It is its own head, callback and listener, so that a request makes one object here.
 * Pieces of bodies are passed on as Jetty has read them.
 */
final class CoreEnd implements HttpEnd, RequestHead, Callback, Invocable.Task, Consumer<Throwable> {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final HttpFields fields;
    private final long bodyLength;
    private final AtomicBoolean isConcluded = new AtomicBoolean();
    private Content.Chunk first;
    private volatile Listener listener;
    private volatile Throwable failure;
    private volatile boolean isCommitted;

    /** Only the end of the response is left to be sent, because it had to be known that its head goes out alone. */
    private boolean isEndDue;

    CoreEnd(Request request, Response response, Callback callback) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.fields = request.getHeaders();
        this.bodyLength = findBodyLength();
    }

    /** RFC 9112 §6.3: over HTTP/1.1 a request without either field has no body. Over HTTP/2 only the stream's end tells. */
    private long findBodyLength() {
        long length = request.getLength();
        if (length >= 0) {
            return length;
        }
        if (isHttp1()) {
            return fields.contains(HttpHeader.TRANSFER_ENCODING) ? UNKNOWN_LENGTH : 0;
        }
        first = request.read();
        return first != null && first.isLast() && !first.hasRemaining() && !Content.Chunk.isFailure(first)
                ? 0
                : UNKNOWN_LENGTH;
    }

    // What was asked for.

    @Override
    public RequestHead head() {
        return this;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    @Override
    public String query() {
        return request.getHttpURI().getQuery();
    }

    @Override
    public String protocol() {
        return request.getConnectionMetaData().getProtocol();
    }

    @Override
    public boolean isHttp1() {
        return request.getConnectionMetaData().getHttpVersion().compareTo(HttpVersion.HTTP_2) < 0;
    }

    @Override
    public String scheme() {
        return request.getHttpURI().getScheme();
    }

    @Override
    public String authority() {
        String host = fields.get(HttpHeader.HOST);
        if (host != null) {
            return host;
        }
        int port = Request.getServerPort(request);
        boolean isDefault = port <= 0 || port == ("https".equals(scheme()) ? 443 : 80);
        return isDefault ? serverName() : serverName() + ':' + port;
    }

    @Override
    public String serverName() {
        return Request.getServerName(request);
    }

    @Override
    public String remoteAddress() {
        return Request.getRemoteAddr(request);
    }

    @Override
    public String localAddress() {
        return Request.getLocalAddr(request);
    }

    @Override
    public int fieldCount() {
        return fields.size();
    }

    @Override
    public String fieldName(int i) {
        return fields.getField(i).getName();
    }

    @Override
    public String fieldValue(int i) {
        String value = fields.getField(i).getValue();
        return value == null ? "" : value;
    }

    @Override
    public String field(String name) {
        return fields.get(name);
    }

    @Override
    public long bodyLength() {
        return bodyLength;
    }

    // The exchange.

    @Override
    public void listener(Listener whoHears) {
        boolean isFirst = listener == null;
        listener = whoHears;
        if (isFirst) {
            request.addFailureListener(this);
            // A peer who left before that was heard is told to nobody.
            if (hasLeft()) {
                accept(new EofException("left at once"));
            }
        } else if (failure != null) {
            whoHears.onGone(failure);
        }
    }

    /** The peer has left, or something else has failed that nobody waits for. */
    @Override
    public void accept(Throwable why) {
        if (failure == null) {
            failure = why;
            Listener told = listener;
            if (told != null) {
                told.onGone(why);
            }
        }
    }

    @Override
    public Chunk read() throws IOException {
        Content.Chunk next = first;
        if (next == null) {
            next = request.read();
        } else {
            first = null;
        }
        if (next == null) {
            return null;
        }
        if (Content.Chunk.isFailure(next)) {
            Throwable why = next.getFailure();
            throw why instanceof IOException io ? io : new IOException(why);
        }
        return new Piece(next);
    }

    private record Piece(Content.Chunk chunk) implements Chunk {
        @Override
        public ByteBuffer bytes() {
            return chunk.getByteBuffer();
        }

        @Override
        public boolean isLast() {
            return chunk.isLast();
        }

        @Override
        public void release() {
            chunk.release();
        }
    }

    @Override
    public void demand() {
        request.demand(this);
    }

    /** Jetty's answer to a demand. */
    @Override
    public void run() {
        listener.onReadable();
    }

    /** Whoever hears does not block. */
    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public void status(int status) {
        response.setStatus(status);
    }

    @Override
    public void field(String name, String value) {
        if (isSetByJetty(name)) {
            response.getHeaders().put(name, value);
        } else {
            response.getHeaders().add(name, value);
        }
    }

    private static boolean isSetByJetty(String name) {
        return name.equalsIgnoreCase("Date") || name.equalsIgnoreCase("Server");
    }

    @Override
    public void contentLength(long length) {
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
    }

    /** For trailers, and be they none, Jetty sends chunks. */
    @Override
    public void neverEndWithConnection() {
        boolean mayEnd =
                fields.contains(HttpHeader.CONNECTION) || response.getHeaders().contains(HttpHeader.CONNECTION);
        if (mayEnd && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
            response.setTrailersSupplier(() -> null);
        }
    }

    @Override
    public void write(boolean last, ByteBuffer bytes) {
        if (last && !isCommitted && isLengthUnsaid()) {
            isEndDue = true;
            isCommitted = true;
            response.write(false, BufferUtil.EMPTY_BUFFER, this);
        } else {
            isCommitted = true;
            response.write(last, bytes, this);
        }
    }

    /** Of a response without a body Jetty would say that its length is 0, which is not what a {@code GET} would get. */
    private boolean isLengthUnsaid() {
        int status = response.getStatus();
        return (status == 204 || status == 304 || "HEAD".equals(request.getMethod()))
                && !response.getHeaders().contains(HttpHeader.CONTENT_LENGTH);
    }

    @Override
    public void succeeded() {
        if (isEndDue) {
            isEndDue = false;
            response.write(true, BufferUtil.EMPTY_BUFFER, this);
        } else {
            listener.onWritten(null);
        }
    }

    @Override
    public void failed(Throwable why) {
        listener.onWritten(why);
    }

    @Override
    public boolean halfCloses() {
        return true;
    }

    @Override
    public boolean isCommitted() {
        return isCommitted;
    }

    @Override
    public void complete() {
        if (isConcluded.compareAndSet(false, true)) {
            callback.succeeded();
        }
    }

    /** No error page: that it failed is all that is to be seen. */
    @Override
    public void abort(Throwable why) {
        if (isConcluded.compareAndSet(false, true)) {
            callback.failed(new Request.Handler.AbortException(why.getMessage(), why));
        }
    }

    /** Asked while nothing has been answered: a stream that is gone was reset. */
    private boolean hasLeft() {
        Connection connection = request.getConnectionMetaData().getConnection();
        return isConnectionLost(null)
                || (connection instanceof HTTP2Connection http2
                        && http2.getSession().getStream(Integer.parseInt(request.getId())) == null);
    }

    @Override
    public boolean isConnectionLost(Throwable why) {
        Connection connection = request.getConnectionMetaData().getConnection();
        if (connection instanceof HTTP2Connection http2) {
            return isLost(http2.getSession());
        }
        return !connection.getEndPoint().isOpen();
    }

    /** A peer that says that it will open no more streams has not left yet. */
    private static boolean isLost(HTTP2Session session) {
        return session.getCloseState() == CloseState.CLOSING || session.getCloseState() == CloseState.CLOSED;
    }

    @Override
    public void elsewhere(Runnable action) {
        request.getConnectionMetaData().getConnector().getExecutor().execute(action);
    }

    @Override
    public String toString() {
        return method() + " " + path();
    }
}
