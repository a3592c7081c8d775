package io.lambdadispatch.client.channel;

import io.lambdadispatch.client.io.Staging;
import io.lambdadispatch.client.router.WriteTurns;
import io.lambdadispatch.protocol.ChunkedEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * The response on its way into the channel's stream. What the stream does not take at once is kept, at most what one read of
 * the app's socket brought; until it is gone nothing more is read. Confined to the reactor thread.
 */
final class ChannelOutput implements Staging.Sink<IOException>, WriteTurns.Writer {
    private static final int COPY_BELOW_BYTES = 4 * 1024;

    private static final byte[] LAST_CHUNK = ChunkedEncoder.last();

    private final Staging<IOException> staging;
    private DataStreamChannel stream;
    private WriteTurns turns;
    private ByteBuffer unsent;
    /** Who brings more has been told to wait. */
    private boolean holdsBack;

    /** Its turn is to come. */
    private boolean waiting;

    private boolean turnFailed;
    private boolean chunked;
    private boolean ended;
    private boolean endsStream;
    private boolean endSent;

    ChannelOutput(Staging<IOException> staging) {
        this.staging = staging;
    }

    void attach(DataStreamChannel open, WriteTurns others) {
        stream = open;
        turns = others;
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
            staging.putChunks(this, data);
        } else if (data.remaining() >= COPY_BELOW_BYTES && staging.isEmpty(this)) {
            send(data);
        } else {
            staging.put(this, data);
        }
    }

    @Override
    public void lost() {
        unsent = null;
    }

    /** Nobody wants the response any more. */
    void drop() {
        staging.drop(this);
        unsent = null;
    }

    void flush() throws IOException {
        staging.flush(this);
    }

    @Override
    public void send(ByteBuffer data) throws IOException {
        if (unsent == null && !turns.isAnyWaiting()) {
            pour(data);
        }
        if (data.hasRemaining()) {
            keep(data);
            await();
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
        holdsBack = true;
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
            staging.put(this, ByteBuffer.wrap(LAST_CHUNK));
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

    private void await() {
        if (!waiting) {
            waiting = true;
            turns.join(this);
        }
    }

    /**
     * The stream can take more.
     *
     * @return whether who brings more has to be told to go on: all that was kept is gone since the last call, be it in another one's turn
     */
    boolean drain() throws IOException {
        if (unsent != null) {
            if (turnFailed) {
                // Fails again, now in its own turn.
                pour(unsent);
            }
            await();
            turns.run();
        }
        endIfSent();
        boolean goesOn = holdsBack && unsent == null;
        holdsBack &= !goesOn;
        return goesOn;
    }

    @Override
    public boolean writeFrame() throws IOException {
        waiting = unsent != null && stream.write(unsent) > 0 && unsent.hasRemaining();
        if (unsent != null && !unsent.hasRemaining()) {
            unsent = null;
            // In another one's turn: what follows is for its own.
            stream.requestOutput();
        }
        return waiting;
    }

    @Override
    public void turnFailed() {
        waiting = false;
        turnFailed = true;
        stream.requestOutput();
    }

    /** Whether every byte and the end have been handed to the connection. */
    boolean isEndSent() {
        return endSent;
    }
}
