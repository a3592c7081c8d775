package io.lambdadispatch.client.app;

import io.lambdadispatch.client.io.IoReactor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * One HTTP/1.1 connection to the app, carrying one exchange at a time. Requests are bytes that are passed on as they are:
 * no library parses, normalizes or adds to them. Confined to the reactor thread.
 */
public final class AppConnection implements IoReactor.Connector, IOEventHandler {
    /**
     * <pre>
     * CONNECTING ──▶ BUSY ◀──▶ IDLE       (an exchange waits while CONNECTING)
     *      │          │ └──▶ DOUBTED      (the response ends with the connection: did the app mean it to?)
     *      └──────────┴──────────┴─────▶ CLOSED
     * </pre>
     */
    private enum State {
        CONNECTING,
        BUSY,
        IDLE,
        DOUBTED,
        CLOSED
    }

    private final AppPool pool;
    private final AppRequestWriter request;
    private final AppResponseReader response;
    private State state = State.CONNECTING;
    private IOSession session;
    private AppExchange exchange;
    private boolean reused;
    private long idleSince;

    /** What was found out of a DOUBTED end; {@code null} until then. */
    private volatile Boolean appIsThere;

    AppConnection(AppPool pool, int maxHeadBytes) {
        this.pool = pool;
        this.request = new AppRequestWriter(pool.staging());
        this.response = new AppResponseReader(maxHeadBytes);
    }

    /**
     * Begins an exchange; what is written follows with {@link #flush}.
     *
     * @param head request line and fields, complete
     */
    void begin(AppExchange next, AppRequestHead head) {
        exchange = next;
        response.begin(head.isHeadMethod());
        if (state == State.IDLE) {
            state = State.BUSY;
            setEvent(session, SelectionKey.OP_READ);
        }
        request.begin(next, head);
    }

    /** Of a connection that is idle: since when, on the pool's clock. */
    long idleSince() {
        return idleSince;
    }

    /** Whether the app may have closed this connection, kept alive since an earlier exchange, by no fault of this one. */
    public boolean mayBeStale() {
        return reused && !request.hasSentBody() && response.isUntouched();
    }

    /** Sends bytes of the request's body. */
    public void write(ByteBuffer data) {
        request.write(data);
        closeIfOver();
    }

    /** The request is complete. */
    public void endRequest() {
        if (request.isEnded()) {
            return;
        }
        request.end();
        if (state == State.BUSY && response.isComplete()) {
            // The app has answered before it had read all: what it makes of the rest is uncertain, so no reuse.
            request.flush();
            close();
        }
    }

    /** Sends what was written since the last call; to be called before the reactor's event ends. */
    public void flush() {
        request.flush();
        closeIfOver();
    }

    /** The app reads no more of the request: it may have said why before, such as that it is too large, which is read to its end. */
    private void closeIfOver() {
        if (state == State.BUSY && request.isLost() && response.isComplete()) {
            close();
        }
    }

    /** Setting what is set already would wake the reactor for nothing. */
    static void setEvent(IOSession session, int op) {
        if ((session.getEventMask() & op) == 0) {
            session.setEvent(op);
        }
    }

    private static void clearEvent(IOSession session, int op) {
        if ((session.getEventMask() & op) != 0) {
            session.clearEvent(op);
        }
    }

    /** Reads on after {@link AppExchange#wantsMore} had said no. */
    public void resume() {
        if (state == State.BUSY) {
            setEvent(session, SelectionKey.OP_READ);
        }
    }

    /** Nobody wants the rest of this exchange: the app sees it at once. No effect when the exchange is over already. */
    public void abandon(AppExchange given) {
        if (exchange == given) {
            close();
        }
    }

    /** Ends the connection at once, whatever it carries. The exchange hears no more but that its bytes are gone. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        boolean wasIdle = state == State.IDLE;
        state = State.CLOSED;
        if (wasIdle) {
            pool.forget(this);
        }
        if (session != null) {
            session.close(CloseMode.IMMEDIATE);
        }
        request.lose();
    }

    // What the reactor tells.

    @Override
    public IOEventHandler handlerOf(ProtocolIOSession connected) {
        session = connected;
        return this;
    }

    @Override
    public void connectFailed(Exception cause) {
        if (state == State.CLOSED) {
            return;
        }
        close();
        exchange.failed(AppProbe.isRefusal(cause) ? AppExchange.Failure.REFUSED : AppExchange.Failure.UNREACHABLE);
    }

    @Override
    public void connected(IOSession connected) throws IOException {
        if (state == State.CLOSED) {
            connected.close(CloseMode.IMMEDIATE);
            return;
        }
        state = State.BUSY;
        request.open(connected);
        stopWritingIfDrained();
    }

    @Override
    public void outputReady(IOSession writable) throws IOException {
        if (state == State.BUSY) {
            request.sendUnsent();
            if (response.isComplete() && (request.isLost() || (request.isEnded() && request.isDrained()))) {
                close();
            }
            stopWritingIfDrained();
            return;
        }
        // In this order, for the verdict comes from another thread. The event may be an older one: that the socket
        // could take more of
        // the request when the response's end came.
        writable.clearEvent(SelectionKey.OP_WRITE);
        Boolean verdict = appIsThere;
        if (state == State.DOUBTED && verdict != null) {
            judgeEnd(verdict);
        }
    }

    private void stopWritingIfDrained() {
        if (state == State.BUSY && request.isDrained()) {
            clearEvent(session, SelectionKey.OP_WRITE);
        }
    }

    @Override
    public void inputReady(IOSession readable, ByteBuffer src) throws IOException {
        if (state == State.DOUBTED) {
            return;
        }
        if (state != State.BUSY) {
            // An idle connection has nothing to say but that it ends.
            close();
            return;
        }
        boolean more = true;
        while (more && state == State.BUSY && !isAnswered() && exchange.wantsMore()) {
            ByteBuffer in = pool.input();
            int size = readable.read(in);
            more = size == in.capacity();
            in.flip();
            if (size < 0) {
                endOfInput();
            } else {
                AppResponseReader.Outcome outcome = response.read(in, exchange);
                // An exchange that had no use for what it was told has closed this connection.
                if (outcome != AppResponseReader.Outcome.MORE && state == State.BUSY) {
                    finish(outcome);
                }
            }
        }
        AppExchange current = exchange;
        if (current != null) {
            current.responseFlush();
            if (state == State.BUSY && !current.wantsMore()) {
                session.clearEvent(SelectionKey.OP_READ);
            }
        }
        if (isAnswered() && more) {
            watchForTheEnd(readable);
        }
    }

    /** The app has answered, but its request still arrives: input can only be the end, and then nobody wants the rest. */
    private boolean isAnswered() {
        return state == State.BUSY && response.isComplete();
    }

    private void watchForTheEnd(IOSession readable) throws IOException {
        ByteBuffer in = pool.input();
        if (readable.read(in) != 0) {
            close();
        }
    }

    private void endOfInput() {
        if (response.endsWithConnection()) {
            doubtEnd();
        } else {
            broken();
        }
    }

    /** The kernel closes the connections of an app that is killed in order, so that it seems to have said all. */
    private void doubtEnd() {
        state = State.DOUBTED;
        request.lose();
        session.clearEvent(SelectionKey.OP_READ);
        session.clearEvent(SelectionKey.OP_WRITE);
        pool.lookFor(this);
    }

    /** Whether the app was there behind the end of its answer; from any thread. */
    void appWasFound(boolean there) {
        appIsThere = there;
        session.setEvent(SelectionKey.OP_WRITE);
    }

    private void judgeEnd(boolean meant) {
        if (meant) {
            response.endWithConnection();
            finish(AppResponseReader.Outcome.COMPLETE);
        } else {
            broken();
        }
    }

    private void finish(AppResponseReader.Outcome outcome) {
        AppExchange ended = exchange;
        switch (outcome) {
            case COMPLETE -> {
                if (!response.mayReuse() || request.isLost()) {
                    close();
                } else if (request.isEnded() && request.isDrained()) {
                    release();
                } else if (request.isEnded()) {
                    // The app may never read the rest, and nobody waits for it: the exchange is over.
                    request.creditUnsent();
                }
                ended.responseEnded();
            }
            case MALFORMED_HEAD -> {
                close();
                ended.failed(AppExchange.Failure.MALFORMED_HEAD);
            }
            case MALFORMED_BODY -> {
                close();
                ended.failed(AppExchange.Failure.BROKEN);
            }
            case MORE -> throw new IllegalStateException("response is not finished");
        }
    }

    private void release() {
        state = State.IDLE;
        reused = true;
        idleSince = pool.now();
        exchange = null;
        pool.keep(this);
    }

    private void broken() {
        if (state == State.CLOSED || state == State.IDLE) {
            close();
            return;
        }
        boolean answered = response.isComplete();
        AppExchange.Failure failure =
                response.isInBody() ? AppExchange.Failure.BROKEN : AppExchange.Failure.CLOSED_BEFORE_HEAD;
        close();
        if (!answered) {
            exchange.failed(failure);
        }
    }

    @Override
    public void exception(IOSession failed, Exception cause) {
        broken();
    }

    @Override
    public void disconnected(IOSession closed) {
        broken();
    }

    @Override
    public void timeout(IOSession silent, Timeout timeout) {
        broken();
    }
}
