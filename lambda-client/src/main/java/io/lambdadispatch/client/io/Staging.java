package io.lambdadispatch.client.io;

import io.lambdadispatch.protocol.ChunkedEncoder;
import java.nio.ByteBuffer;

/**
 * Where a message's head and the first bytes of its body meet, to leave together. One serves all peers of a kind: it is filled and
 * emptied within one event of the reactor. Confined to its thread.
 *
 * @param <E> how sending fails
 */
public final class Staging<E extends Exception> {
    private static final int BYTES = 64 * 1024;

    /** A chunk with less in it is not worth its frame, where more could be had. */
    private static final int LEAST_CHUNK_BYTES = 16 * 1024;

    /** Where staged bytes go. */
    public interface Sink<E extends Exception> {
        /** Takes all of {@code staged}, which is valid during the call only. */
        void send(ByteBuffer staged) throws E;

        /** What was staged here could not be sent when another sink needed the room. The connection tells why. */
        default void lost() {}
    }

    private final byte[] bytes = new byte[BYTES];
    private Sink<E> owner;
    private int length;

    /** Whether nothing of that sink's is waiting here. */
    public boolean isEmpty(Sink<E> sink) {
        return length == 0 || owner != sink;
    }

    /** Takes all of {@code data}. */
    public void put(Sink<E> sink, ByteBuffer data) throws E {
        own(sink);
        while (data.hasRemaining()) {
            if (length == BYTES) {
                flush(sink);
            }
            int size = Math.min(data.remaining(), BYTES - length);
            data.get(bytes, length, size);
            length += size;
        }
    }

    /** Takes all of {@code data}, and frames it as chunks (RFC 9112 §7.1); copied, so that a chunk and its frame leave together. */
    public void putChunks(Sink<E> sink, ByteBuffer data) throws E {
        own(sink);
        while (data.hasRemaining()) {
            int room = BYTES - length - ChunkedEncoder.PREFIX - ChunkedEncoder.SUFFIX;
            if (room < Math.min(data.remaining(), LEAST_CHUNK_BYTES)) {
                flush(sink);
                continue;
            }
            int size = Math.min(data.remaining(), room);
            int from = length + ChunkedEncoder.sizeLineBytes(size);
            data.get(bytes, from, size);
            int unused = ChunkedEncoder.frame(bytes, from, size);
            length = from + size + ChunkedEncoder.SUFFIX;
        }
    }

    /** Bytes for two sinks must never mix, even if one was not flushed. That its peer may be gone is no fault of the other's. */
    private void own(Sink<E> sink) {
        Sink<E> other = owner;
        if (other != sink) {
            owner = sink;
            if (length > 0) {
                sendFor(other);
            }
        }
    }

    private void sendFor(Sink<E> other) {
        try {
            other.send(take());
        } catch (Exception e) {
            other.lost();
        }
    }

    private ByteBuffer take() {
        ByteBuffer staged = ByteBuffer.wrap(bytes, 0, length);
        length = 0;
        return staged;
    }

    /** Forgets what was put for that sink: nobody wants it any more. */
    public void drop(Sink<E> sink) {
        if (owner == sink) {
            length = 0;
        }
    }

    /** Sends what was put for that sink since the last call. */
    public void flush(Sink<E> sink) throws E {
        if (length > 0 && owner == sink) {
            sink.send(take());
        }
    }
}
