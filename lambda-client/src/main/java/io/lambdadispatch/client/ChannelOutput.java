package io.lambdadispatch.client;

import io.lambdadispatch.protocol.ChunkedEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * The response on its way into the channel's stream. What the stream does not take at once is kept, at most what one read of
 * the app's socket brought; until it is gone nothing more is read. Confined to the reactor thread.
 */
final class ChannelOutput {
    /** Where the head and the first bytes of a body meet, to leave as one frame; shared, empty between two events. */
    static final class Staging {
        private static final int BYTES = 64 * 1024;

        private final byte[] bytes = new byte[BYTES];
        private ChannelOutput owner;
        private int length;
    }

    private static final int COPY_BELOW_BYTES = 4 * 1024;

    /** Less is not worth a frame of its own. */
    private static final int LEAST_CHUNK_BYTES = 16 * 1024;

    private static final byte[] LAST_CHUNK = ChunkedEncoder.last();

    private final Staging staging;
    private DataStreamChannel stream;
    private ByteBuffer unsent;
    private boolean chunked;
    private boolean ended;
    private boolean endsStream;
    private boolean endSent;

    ChannelOutput(Staging staging) {
        this.staging = staging;
    }

    void attach(DataStreamChannel open) {
        stream = open;
    }

    /** The next response begins. */
    void begin() {
        chunked = false;
        ended = false;
        endSent = false;
    }

    /** The head is written; what follows is the body, which is to be framed as chunks (RFC 9112 §7.1). */
    void frameBody() {
        chunked = true;
    }

    boolean isBlocked() {
        return unsent != null;
    }

    int unsentBytes() {
        return unsent == null ? 0 : unsent.remaining();
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        write(ByteBuffer.wrap(bytes, offset, length));
    }

    /** Takes all of {@code data}; it is on its way after {@link #flush}. */
    void write(ByteBuffer data) throws IOException {
        if (chunked) {
            writeChunks(data);
            return;
        }
        if (data.remaining() >= COPY_BELOW_BYTES && (staging.length == 0 || staging.owner != this)) {
            send(data);
            return;
        }
        own();
        while (data.hasRemaining()) {
            if (staging.length == Staging.BYTES) {
                flush();
            }
            int size = Math.min(data.remaining(), Staging.BYTES - staging.length);
            data.get(staging.bytes, staging.length, size);
            staging.length += size;
        }
    }

    /** Copied, so that a chunk and what frames it leave together. */
    private void writeChunks(ByteBuffer data) throws IOException {
        own();
        while (data.hasRemaining()) {
            int room = Staging.BYTES - staging.length - ChunkedEncoder.PREFIX - ChunkedEncoder.SUFFIX;
            if (room < Math.min(data.remaining(), LEAST_CHUNK_BYTES)) {
                flush();
                continue;
            }
            int size = Math.min(data.remaining(), room);
            int from = staging.length + ChunkedEncoder.sizeLineBytes(size);
            data.get(staging.bytes, from, size);
            int unused = ChunkedEncoder.frame(staging.bytes, from, size);
            staging.length = from + size + ChunkedEncoder.SUFFIX;
        }
    }

    /** Bytes of two responses must never mix, even if one was not flushed. */
    private void own() {
        if (staging.owner != this) {
            if (staging.owner != null) {
                staging.owner.flushOrDrop();
            }
            staging.owner = this;
        }
    }

    /** Another response needs the room. That this one's stream may be gone is no fault of the other's. */
    private void flushOrDrop() {
        try {
            flush();
        } catch (IOException | RuntimeException e) {
            // Its channel is told by the connection.
            unsent = null;
        }
    }

    /** Nobody wants the response any more. */
    void drop() {
        if (staging.owner == this) {
            staging.length = 0;
            staging.owner = null;
        }
        unsent = null;
    }

    void flush() throws IOException {
        if (staging.length > 0 && staging.owner == this) {
            ByteBuffer staged = ByteBuffer.wrap(staging.bytes, 0, staging.length);
            staging.length = 0;
            send(staged);
        }
    }

    private void send(ByteBuffer data) throws IOException {
        if (unsent == null) {
            pour(data);
        }
        if (data.hasRemaining()) {
            keep(data);
        }
    }

    private void pour(ByteBuffer data) throws IOException {
        while (data.hasRemaining() && stream.write(data) > 0) {
            // One frame a turn.
        }
    }

    private void keep(ByteBuffer data) {
        int before = unsentBytes();
        ByteBuffer both = ByteBuffer.allocate(before + data.remaining());
        if (unsent != null) {
            both.put(unsent);
        }
        unsent = both.put(data).flip();
        stream.requestOutput();
    }

    /**
     * The response is complete.
     *
     * @param last whether no other one follows, so that the stream's end may be its end
     */
    void end(boolean last) throws IOException {
        if (chunked) {
            chunked = false;
            write(ByteBuffer.wrap(LAST_CHUNK));
        }
        flush();
        ended = true;
        endsStream = last;
        endIfSent();
    }

    /** No other response follows after all: this one, which has ended, is the stream's last. */
    void endStream() throws IOException {
        endsStream = true;
        endIfSent();
    }

    private void endIfSent() throws IOException {
        if (ended && !endSent && unsent == null) {
            endSent = true;
            if (endsStream) {
                stream.endStream();
            }
        }
    }

    /** The stream can take more. */
    void drain() throws IOException {
        if (unsent != null) {
            pour(unsent);
            if (!unsent.hasRemaining()) {
                unsent = null;
            }
        }
        endIfSent();
    }

    /** Whether every byte and the end have been handed to the connection. */
    boolean isEndSent() {
        return endSent;
    }
}
