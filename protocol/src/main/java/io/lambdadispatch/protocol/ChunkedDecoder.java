package io.lambdadispatch.protocol;

import java.nio.ByteBuffer;

/**
 * Reads a chunked body (RFC 9112 §7.1) that may be split anywhere, without copying: each call shows the next run of data
 * as a view of the caller's buffer. Extensions and trailers are skipped; a CR that no LF follows is refused, because
 * readers differ in what they take it for. Not thread-safe.
 */
public final class ChunkedDecoder {
    private static final int LONGEST_LINE = 4 * 1024;
    private static final int MOST_DIGITS = 15;

    private enum State {
        SIZE,
        EXTENSION,
        DATA,
        DATA_END,
        TRAILER,
        DONE
    }

    private State state = State.SIZE;
    private long remaining;
    private int digits;
    private int lineLength;
    private boolean isAfterCr;

    /**
     * The next run of data.
     *
     * @param in read from its position
     * @return a view of data bytes, empty when {@code in} holds no more of them; look at {@link #isDone()} then
     * @throws ProtocolException when the framing is broken
     */
    public ByteBuffer next(ByteBuffer in) throws ProtocolException {
        while (in.hasRemaining() && state != State.DONE) {
            if (state == State.DATA) {
                return data(in);
            }
            frame(in.get());
        }
        return in.slice(in.position(), 0);
    }

    /**
     * Reads on up to the next byte of data, so that {@link #isDone()} tells right behind the last data whether more can come.
     *
     * @param in read from its position; left at a byte of data, behind the body, or empty
     * @throws ProtocolException when the framing is broken
     */
    public void skipFraming(ByteBuffer in) throws ProtocolException {
        while (in.hasRemaining() && state != State.DATA && state != State.DONE) {
            frame(in.get());
        }
    }

    private ByteBuffer data(ByteBuffer in) {
        int size = (int) Math.min(remaining, in.remaining());
        ByteBuffer data = in.slice(in.position(), size);
        in.position(in.position() + size);
        remaining -= size;
        if (remaining == 0) {
            state = State.DATA_END;
        }
        return data;
    }

    private void frame(byte b) throws ProtocolException {
        if (isAfterCr && b != '\n') {
            throw new ProtocolException("chunk framing with a CR that no LF follows");
        }
        isAfterCr = b == '\r';
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> {
                if (b == '\n') {
                    endOfSizeLine();
                } else {
                    count();
                }
            }
            case DATA_END -> {
                if (b == '\n') {
                    state = State.SIZE;
                } else if (b != '\r') {
                    throw new ProtocolException("chunk is longer than its size says");
                }
            }
            case TRAILER -> {
                if (b != '\n') {
                    if (b != '\r') {
                        count();
                    }
                } else if (lineLength == 0) {
                    state = State.DONE;
                } else {
                    lineLength = 0;
                }
            }
            case DATA, DONE -> throw new IllegalStateException("no framing expected in " + state);
        }
    }

    private void size(byte b) throws ProtocolException {
        int digit = Character.digit(b, 16);
        if (digit >= 0 && b > 0) {
            if (++digits > MOST_DIGITS) {
                throw new ProtocolException("chunk size with more than " + MOST_DIGITS + " digits");
            }
            remaining = remaining << 4 | digit;
        } else if (digits == 0) {
            throw new ProtocolException("chunk without a size");
        } else if (b == '\n') {
            endOfSizeLine();
        } else if (b == '\r' || b == ';' || b == ' ' || b == '\t') {
            state = State.EXTENSION;
        } else {
            throw new ProtocolException("chunk size with a byte that is no hex digit: " + b);
        }
    }

    private void endOfSizeLine() {
        state = remaining == 0 ? State.TRAILER : State.DATA;
        digits = 0;
        lineLength = 0;
    }

    private void count() throws ProtocolException {
        if (++lineLength > LONGEST_LINE) {
            throw new ProtocolException("chunk extension or trailer longer than " + LONGEST_LINE + " bytes");
        }
    }

    /** Whether the last chunk and its trailers have come. */
    public boolean isDone() {
        return state == State.DONE;
    }
}
