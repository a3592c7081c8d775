package io.lambdadispatch.client.channel;

import io.lambdadispatch.protocol.ChunkedDecoder;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Where the body of a request in a channel ends. A router that can end its side of the stream first sends
 * the body raw and the end of the stream is its end; one that cannot says in its answer that it frames bodies, and then each
 * request delimits itself. Confined to the reactor thread.
 */
final class RequestFraming {
    /** How the end of the body is told. */
    enum Kind {
        /** No body. */
        NONE,
        /** By {@code Content-Length}. */
        LENGTH,
        /** By its last chunk. */
        CHUNKED,
        /** By the end of the stream. */
        UNTIL_END,
        /** By the end of the stream, if there is a body at all: the next event tells. */
        UNDECIDED
    }

    private Kind kind;
    private long remaining;
    private ChunkedDecoder chunks;

    /**
     * @param routerFrames whether the router's answer confirmed {@code X-Channel-Framing: chunked}
     */
    RequestFraming(Head head, boolean routerFrames) throws ProtocolException {
        long declared = head.contentLength();
        boolean coded = head.first(FieldNames.TRANSFER_ENCODING) != null;
        if (declared >= 0) {
            kind = declared == 0 ? Kind.NONE : Kind.LENGTH;
            remaining = declared;
        } else if (routerFrames) {
            kind = coded ? Kind.CHUNKED : Kind.NONE;
            chunks = coded ? new ChunkedDecoder() : null;
        } else {
            kind = coded ? Kind.UNTIL_END : Kind.UNDECIDED;
        }
    }

    Kind kind() {
        return kind;
    }

    /** Bytes of the body: 0 when there is none, -1 when unknown. Not to be asked while undecided. */
    long length() {
        return switch (kind) {
            case NONE -> 0;
            case LENGTH -> remaining;
            case CHUNKED, UNTIL_END -> -1;
            case UNDECIDED -> throw new IllegalStateException("not yet known whether there is a body");
        };
    }

    /** There is a body, or it must be assumed. */
    void decideForBody() {
        kind = Kind.UNTIL_END;
    }

    /** The stream has ended behind the head. */
    void decideForNone() {
        kind = Kind.NONE;
    }

    /**
     * The next run of body bytes in {@code in}, empty when there is none in it any more.
     *
     * @throws ProtocolException when its framing is broken
     */
    ByteBuffer next(ByteBuffer in) throws ProtocolException {
        switch (kind) {
            case LENGTH -> {
                int size = (int) Math.min(in.remaining(), remaining);
                remaining -= size;
                return first(in, size);
            }
            case CHUNKED -> {
                ByteBuffer data = chunks.next(in);
                chunks.skipFraming(in);
                return data;
            }
            case UNTIL_END -> {
                return first(in, in.remaining());
            }
            case NONE -> {
                return first(in, 0);
            }
            case UNDECIDED -> throw new IllegalStateException("not yet known whether there is a body");
        }
        throw new AssertionError(kind);
    }

    private static ByteBuffer first(ByteBuffer in, int size) {
        ByteBuffer data = in.slice(in.position(), size);
        in.position(in.position() + size);
        return data;
    }

    /** Whether the body is complete, without looking at the end of the stream. */
    boolean isComplete() {
        return switch (kind) {
            case NONE -> true;
            case LENGTH -> remaining == 0;
            case CHUNKED -> chunks.isDone();
            case UNTIL_END, UNDECIDED -> false;
        };
    }
}
