package io.lambdadispatch.client.app;

import io.lambdadispatch.client.io.Staging;
import io.lambdadispatch.protocol.ChunkedEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import org.apache.hc.core5.reactor.IOSession;

/**
 * Sends one request after the other on a connection to the app, and tells the exchange what of its body needs no memory any more.
 * Confined to the reactor thread.
 */
final class AppRequestWriter implements Staging.Sink<RuntimeException> {
    /**
     * <pre>
     * WAITING ──connected──▶ OPEN ──nobody reads any more──▶ LOST
     *     └─────────────────────────────────────────────────▶
     * </pre>
     * WAITING keeps everything, LOST throws everything away: the rest of the request is taken all the same.
     */
    private enum State {
        WAITING,
        OPEN,
        LOST
    }

    /** Bytes not yet taken by the socket; {@code credit} of them are the request's body. */
    private record Unsent(ByteBuffer bytes, int credit) {}

    private static final int COPY_BELOW_BYTES = 4 * 1024;

    private final Staging<RuntimeException> staging;
    private final ArrayDeque<Unsent> unsent = new ArrayDeque<>();
    private State state = State.WAITING;
    private IOSession session;
    private AppExchange exchange;
    private boolean isChunked;
    private boolean isEnded;
    private boolean hasSentBody;

    /** That many of the staged bytes are the request's body. */
    private int stagedCredit;

    AppRequestWriter(Staging<RuntimeException> staging) {
        this.staging = staging;
    }

    /** Begins a request; it leaves with {@link #flush}. */
    void begin(AppExchange next, AppRequestHead head) {
        exchange = next;
        isChunked = head.isChunked();
        isEnded = !head.hasBody();
        hasSentBody = false;
        staging.put(this, head.bytes());
    }

    /** The connection is there. */
    void open(IOSession connected) {
        session = connected;
        state = State.OPEN;
        sendUnsent();
    }

    void write(ByteBuffer data) {
        hasSentBody = true;
        int size = data.remaining();
        if (state == State.LOST) {
            data.position(data.limit());
            taken(size);
        } else if (isChunked) {
            staging.putChunks(this, data);
            stagedCredit += size;
        } else if (size < COPY_BELOW_BYTES || !unsent.isEmpty()) {
            staging.put(this, data);
            stagedCredit += size;
        } else {
            flush();
            send(data, size);
        }
    }

    /** The request is complete. */
    void end() {
        isEnded = true;
        if (isChunked && state != State.LOST) {
            staging.put(this, ByteBuffer.wrap(ChunkedEncoder.last()));
        }
    }

    boolean isEnded() {
        return isEnded;
    }

    /** Whether the socket has taken all that was sent. */
    boolean isDrained() {
        return unsent.isEmpty();
    }

    /** Whether the app reads no more. */
    boolean isLost() {
        return state == State.LOST;
    }

    boolean hasSentBody() {
        return hasSentBody;
    }

    void flush() {
        staging.flush(this);
    }

    @Override
    public void send(ByteBuffer staged) {
        int credit = stagedCredit;
        stagedCredit = 0;
        send(staged, credit);
    }

    private void send(ByteBuffer bytes, int credit) {
        if (state == State.OPEN && unsent.isEmpty()) {
            pour(bytes);
        }
        if (state == State.LOST) {
            bytes.position(bytes.limit());
        }
        if (!bytes.hasRemaining()) {
            taken(credit);
            return;
        }
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        unsent.add(new Unsent(copy, credit));
        if (state == State.OPEN) {
            AppConnection.setEvent(session, SelectionKey.OP_WRITE);
        }
    }

    private void pour(ByteBuffer bytes) {
        try {
            session.write(bytes);
        } catch (IOException e) {
            lose();
        }
    }

    /** Nobody reads the rest. */
    void lose() {
        state = State.LOST;
        creditUnsent();
        unsent.clear();
    }

    /** The rest may never be read, but nobody waits for that: the room is for the next request. */
    void creditUnsent() {
        int credit = 0;
        for (int i = unsent.size(); i > 0; i--) {
            Unsent rest = unsent.poll();
            credit += rest.credit();
            unsent.add(new Unsent(rest.bytes(), 0));
        }
        taken(credit);
    }

    private void taken(int credit) {
        if (credit > 0) {
            exchange.requestTaken(credit);
        }
    }

    /** The socket takes more. */
    void sendUnsent() {
        for (Unsent first = unsent.peek(); first != null; first = unsent.peek()) {
            pour(first.bytes());
            if (state == State.LOST) {
                return;
            }
            if (first.bytes().hasRemaining()) {
                AppConnection.setEvent(session, SelectionKey.OP_WRITE);
                return;
            }
            unsent.poll();
            taken(first.credit());
        }
    }
}
