package io.lambdadispatch.local.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Reads a body of limited size without blocking. What goes over the limit is read to its end all the same, and thrown
 * away: a peer that is still sending does not read an answer.
 */
public final class PayloadReader {
    private final Content.Source source;
    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Callback broken;
    private final Consumer<Payload> use;
    private long size;

    private PayloadReader(Content.Source source, int limit, Callback broken, Consumer<Payload> use) {
        this.source = source;
        this.limit = limit;
        this.broken = broken;
        this.use = use;
    }

    /** A body, or the fact that it was too large (then there are no bytes). */
    public static final class Payload {
        private final byte[] bytes;
        private final boolean tooLarge;

        private Payload(byte[] bytes, boolean tooLarge) {
            this.bytes = bytes;
            this.tooLarge = tooLarge;
        }

        public byte[] bytes() {
            return bytes;
        }

        public boolean tooLarge() {
            return tooLarge;
        }
    }

    /**
     * Reads {@code source} to its end.
     *
     * @param limit in bytes
     * @param broken failed when the sender breaks off
     * @param use gets the body when it is complete
     */
    public static void read(Content.Source source, int limit, Callback broken, Consumer<Payload> use) {
        new PayloadReader(source, limit, broken, use).readOn();
    }

    private void readOn() {
        while (true) {
            Content.Chunk chunk = source.read();
            if (chunk == null) {
                source.demand(this::readOn);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                broken.failed(chunk.getFailure());
                return;
            }
            boolean last = chunk.isLast();
            take(chunk.getByteBuffer());
            chunk.release();
            if (last) {
                use.accept(new Payload(size > limit ? new byte[0] : bytes.toByteArray(), size > limit));
                return;
            }
        }
    }

    private void take(ByteBuffer piece) {
        size += piece.remaining();
        if (size > limit) {
            bytes.reset();
        } else {
            bytes.writeBytes(BufferUtil.toArray(piece));
        }
    }
}
