package io.lambdadispatch.client.app;

import io.lambdadispatch.protocol.ChunkedDecoder;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.HeadReader;
import io.lambdadispatch.protocol.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Reads one response of the app after the other from bytes that are split anywhere, and finds out where each ends (RFC 9112
 * §6.3). Interim responses (1xx) are skipped. Confined to the reactor thread.
 */
final class AppResponseReader {
    /** What reading led to. */
    enum Outcome {
        MORE,
        COMPLETE,
        MALFORMED_HEAD,
        MALFORMED_BODY
    }

    /**
     * <pre>
     * HEAD ──▶ LENGTH | CHUNKED | UNTIL_CLOSE ──▶ COMPLETE
     *   └────────────────────────────────────────────▲  no body
     * </pre>
     */
    private enum State {
        HEAD,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE,
        COMPLETE
    }

    private final HeadReader headReader;
    private State state = State.COMPLETE;
    private boolean answersHead;
    private boolean keepAlive;
    private boolean anyInput;
    private long remaining;
    private ChunkedDecoder chunks;

    AppResponseReader(int maxHeadBytes) {
        headReader = new HeadReader(maxHeadBytes);
    }

    /** The next response answers a new request. */
    void begin(boolean requestIsHead) {
        answersHead = requestIsHead;
        state = State.HEAD;
        anyInput = false;
        headReader.reset();
    }

    boolean isUntouched() {
        return !anyInput;
    }

    boolean isInBody() {
        return state != State.HEAD && state != State.COMPLETE;
    }

    boolean isComplete() {
        return state == State.COMPLETE;
    }

    /** Whether the connection may carry another exchange after this response. */
    boolean mayReuse() {
        return keepAlive;
    }

    /** Reads all of {@code in}, and tells the exchange what it finds. */
    Outcome read(ByteBuffer in, AppExchange exchange) {
        anyInput |= in.hasRemaining();
        try {
            while (state == State.HEAD && in.hasRemaining()) {
                readHead(in, exchange);
            }
        } catch (ProtocolException e) {
            return Outcome.MALFORMED_HEAD;
        }
        try {
            readBody(in, exchange);
        } catch (ProtocolException e) {
            return Outcome.MALFORMED_BODY;
        }
        if (state != State.COMPLETE) {
            return Outcome.MORE;
        }
        // Bytes behind the end belong to no request of ours.
        keepAlive &= !in.hasRemaining();
        return Outcome.COMPLETE;
    }

    private void readHead(ByteBuffer in, AppExchange exchange) throws ProtocolException {
        if (!headReader.read(in)) {
            return;
        }
        Head head = headReader.head();
        int status = head.status();
        if (status < 200) {
            if (status == 101) {
                throw new ProtocolException("the app switches protocols, which nobody asked for");
            }
            headReader.reset();
            return;
        }
        keepAlive = isPersistent(head);
        long length = bodyOf(head, status);
        exchange.responseStarted(head, status, length);
    }

    private long bodyOf(Head head, int status) throws ProtocolException {
        long declared = head.contentLength();
        if (answersHead || status == 204 || status == 304) {
            state = State.COMPLETE;
            return 0;
        }
        if (head.first(FieldNames.TRANSFER_ENCODING) != null) {
            if (head.isChunked()) {
                state = State.CHUNKED;
                chunks = new ChunkedDecoder();
            } else {
                untilClose();
            }
            return -1;
        }
        if (declared >= 0) {
            remaining = declared;
            state = declared == 0 ? State.COMPLETE : State.LENGTH;
            return declared;
        }
        untilClose();
        return -1;
    }

    private void untilClose() {
        state = State.UNTIL_CLOSE;
        keepAlive = false;
    }

    private static boolean isPersistent(Head head) {
        boolean named = false;
        for (int i = 0; i < head.fieldCount(); i++) {
            if (head.nameIs(i, FieldNames.CONNECTION)) {
                String value = head.value(i);
                if (FieldNames.isNamedBy(value, "close")) {
                    return false;
                }
                named |= FieldNames.isNamedBy(value, "keep-alive");
            }
        }
        return named || head.isHttp11();
    }

    private void readBody(ByteBuffer in, AppExchange exchange) throws ProtocolException {
        switch (state) {
            case LENGTH -> readCounted(in, exchange);
            case CHUNKED -> readChunks(in, exchange);
            case UNTIL_CLOSE -> {
                if (in.hasRemaining()) {
                    exchange.responseData(in);
                }
            }
            case HEAD, COMPLETE -> {}
        }
    }

    private void readCounted(ByteBuffer in, AppExchange exchange) {
        if (in.remaining() <= remaining) {
            remaining -= in.remaining();
            if (in.hasRemaining()) {
                exchange.responseData(in);
            }
        } else {
            ByteBuffer data = in.slice(in.position(), (int) remaining);
            in.position(in.position() + (int) remaining);
            remaining = 0;
            exchange.responseData(data);
        }
        if (remaining == 0) {
            state = State.COMPLETE;
        }
    }

    private void readChunks(ByteBuffer in, AppExchange exchange) throws ProtocolException {
        while (in.hasRemaining() && !chunks.isDone()) {
            ByteBuffer data = chunks.next(in);
            if (data.hasRemaining()) {
                exchange.responseData(data);
            }
        }
        if (chunks.isDone()) {
            chunks = null;
            state = State.COMPLETE;
        }
    }

    /** Whether nothing but the end of the connection ends the body. */
    boolean endsWithConnection() {
        return state == State.UNTIL_CLOSE;
    }

    /** The app has closed its side, and meant to. */
    void endWithConnection() {
        state = State.COMPLETE;
    }
}
