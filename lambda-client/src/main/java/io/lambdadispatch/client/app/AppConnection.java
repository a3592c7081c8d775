package io.lambdadispatch.client.app;

import io.lambdadispatch.client.io.IoReactor;
import io.lambdadispatch.client.io.Staging;
import io.lambdadispatch.protocol.ChunkedEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * One HTTP/1.1 connection to the app, carrying one exchange at a time. Requests are bytes that are passed on as they are:
 * no library parses, normalizes or adds to them. Confined to the reactor thread.
 */
public final class AppConnection implements IoReactor.Connector, IOEventHandler, Staging.Sink<RuntimeException> {
    /**
     * <pre>
     * CONNECTING ──▶ IDLE ◀──▶ BUSY      (an exchange may be waiting while CONNECTING)
     *      └───────────┴─────────┴──▶ CLOSED
     * </pre>
     */
    private enum State {
        CONNECTING,
        IDLE,
        BUSY,
        CLOSED
    }

    /** Bytes not yet taken by the socket; {@code credit} of them are the request's body. */
    private record Unsent(ByteBuffer bytes, int credit) {}

    private static final int COPY_BELOW_BYTES = 4 * 1024;

    private final AppPool pool;
    private final Staging<RuntimeException> staging;
    private final AppResponseReader response;
    private final ArrayDeque<Unsent> unsent = new ArrayDeque<>();
    private State state = State.CONNECTING;
    private IOSession session;
    private AppExchange exchange;
    private boolean chunkedRequest;

    /** That many of the staged bytes are the request's body. */
    private int stagedCredit;

    private boolean requestEnded;
    private boolean anyBodySent;
    private boolean reused;
    private long idleSince;

    /** The app reads no more of this exchange's request; what it has sent may say why, and is read to its end. */
    private boolean outputLost;

    /** The answer ends with the connection, and whether the app meant it to is being found out. */
    private boolean endDoubted;

    /** What was found out; {@code null} until then. */
    private volatile Boolean appIsThere;

    AppConnection(AppPool pool, int maxHeadBytes) {
        this.pool = pool;
        this.staging = pool.staging();
        this.response = new AppResponseReader(maxHeadBytes);
    }

    /**
     * Begins an exchange; what is written follows with {@link #flush}.
     *
     * @param head request line and fields, complete
     */
    void begin(AppExchange next, AppRequestHead head) {
        exchange = next;
        chunkedRequest = head.isChunked();
        requestEnded = !head.hasBody();
        anyBodySent = false;
        response.begin(head.isHeadMethod());
        if (state == State.IDLE) {
            state = State.BUSY;
            setEvent(SelectionKey.OP_READ);
        }
        staging.put(this, head.bytes());
    }

    /** Of a connection that is idle: since when, on the pool's clock. */
    long idleSince() {
        return idleSince;
    }

    /** Whether the app may have closed this connection, kept alive since an earlier exchange, by no fault of this one. */
    public boolean mayBeStale() {
        return reused && !anyBodySent && response.isUntouched();
    }

    /** Sends bytes of the request's body. */
    public void write(ByteBuffer data) {
        anyBodySent = true;
        if (state == State.CLOSED || outputLost) {
            discard(data);
            return;
        }
        int size = data.remaining();
        if (chunkedRequest) {
            staging.putChunks(this, data);
        } else if (size < COPY_BELOW_BYTES || !unsent.isEmpty()) {
            staging.put(this, data);
        } else {
            flush();
            send(data, size);
            return;
        }
        stagedCredit += size;
    }

    private void discard(ByteBuffer data) {
        int size = data.remaining();
        data.position(data.limit());
        exchange.requestTaken(size);
    }

    /** The request is complete. */
    public void endRequest() {
        if (requestEnded) {
            return;
        }
        requestEnded = true;
        if (state == State.CLOSED) {
            return;
        }
        if (chunkedRequest) {
            staging.put(this, ByteBuffer.wrap(ChunkedEncoder.last()));
        }
        if (response.isComplete()) {
            // The app has answered before it had read all: what it makes of the rest is uncertain, so no reuse.
            flush();
            close();
        }
    }

    /** Sends what was written since the last call; to be called before the reactor's event ends. */
    public void flush() {
        staging.flush(this);
    }

    @Override
    public void send(ByteBuffer staged) {
        int credit = stagedCredit;
        stagedCredit = 0;
        send(staged, credit);
    }

    private void send(ByteBuffer bytes, int credit) {
        if (state == State.BUSY && unsent.isEmpty() && !outputLost) {
            pour(bytes);
        }
        if (state == State.CLOSED || outputLost) {
            bytes.position(bytes.limit());
        }
        if (!bytes.hasRemaining()) {
            taken(credit);
            return;
        }
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        unsent.add(new Unsent(copy, credit));
        if (state == State.BUSY) {
            setEvent(SelectionKey.OP_WRITE);
        }
    }

    private void pour(ByteBuffer bytes) {
        try {
            session.write(bytes);
        } catch (IOException e) {
            loseOutput();
        }
    }

    /** The app has closed its side: perhaps it had answered before, such as that the request is too large. */
    private void loseOutput() {
        if (response.isComplete()) {
            close();
        } else {
            outputLost = true;
            dropUnsent();
        }
    }

    private void dropUnsent() {
        int lost = 0;
        for (Unsent rest : unsent) {
            lost += rest.credit();
        }
        unsent.clear();
        taken(lost);
    }

    /**
     * The app has answered before it has read all of the request, and may never read the rest. Nobody waits for that: the exchange is over,
     * and its stream may bring another request, which needs the room.
     */
    private void creditUnsent() {
        int credit = 0;
        for (int i = unsent.size(); i > 0; i--) {
            Unsent rest = unsent.poll();
            credit += rest.credit();
            unsent.add(new Unsent(rest.bytes(), 0));
        }
        taken(credit);
    }

    private void taken(int credit) {
        if (credit > 0 && exchange != null) {
            exchange.requestTaken(credit);
        }
    }

    private void sendUnsent() {
        Unsent first;
        while ((first = unsent.peek()) != null) {
            pour(first.bytes());
            if (state == State.CLOSED || outputLost) {
                break;
            }
            if (first.bytes().hasRemaining()) {
                setEvent(SelectionKey.OP_WRITE);
                return;
            }
            unsent.poll();
            taken(first.credit());
        }
        if (requestEnded && response.isComplete()) {
            close();
        }
        if (state != State.CLOSED && (session.getEventMask() & SelectionKey.OP_WRITE) != 0) {
            session.clearEvent(SelectionKey.OP_WRITE);
        }
    }

    /** Setting what is set already would wake the reactor for nothing. */
    private void setEvent(int op) {
        if ((session.getEventMask() & op) == 0) {
            session.setEvent(op);
        }
    }

    /** Reads on after {@link AppExchange#wantsMore} had said no. */
    public void resume() {
        if (state == State.BUSY && !endDoubted) {
            setEvent(SelectionKey.OP_READ);
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
        dropUnsent();
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
        sendUnsent();
    }

    @Override
    public void outputReady(IOSession writable) throws IOException {
        if (state == State.BUSY && !endDoubted) {
            sendUnsent();
            return;
        }
        // In this order, for the verdict comes from another thread. The event may be an older one: that the socket
        // could
        // take more of the request when the answer's end came.
        writable.clearEvent(SelectionKey.OP_WRITE);
        Boolean verdict = appIsThere;
        if (state == State.BUSY && verdict != null) {
            judgeEnd(verdict);
        }
    }

    @Override
    public void inputReady(IOSession readable, ByteBuffer src) throws IOException {
        if (state != State.BUSY) {
            // An idle connection has nothing to say but that it ends.
            close();
            return;
        }
        if (endDoubted) {
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
        endDoubted = true;
        outputLost = true;
        dropUnsent();
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
                if (!response.mayReuse() || outputLost) {
                    close();
                } else if (requestEnded && unsent.isEmpty()) {
                    release();
                } else if (requestEnded) {
                    creditUnsent();
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
