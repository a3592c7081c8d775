package io.lambdadispatch.client;

import io.lambdadispatch.protocol.ChunkedEncoder;
import java.nio.ByteBuffer;

/**
 * Where a request's head and the first bytes of its body meet, so that they leave with one write. One for all connections:
 * it is filled and emptied within one event of the reactor, and confined to its thread.
 */
final class AppStaging {
    private static final int OUTPUT_BYTES = 64 * 1024;
    private static final int INPUT_BYTES = 64 * 1024;
    private static final int LONGEST_CHUNK = 16 * 1024;

    private final byte[] output = new byte[OUTPUT_BYTES];
    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES);
    private AppConnection owner;
    private int length;
    private int credit;

    /** An empty buffer to read the app's bytes into. */
    ByteBuffer input() {
        return input.clear();
    }

    /** Bytes of two connections must never mix, even if one forgot to flush. */
    private void own(AppConnection connection) {
        if (owner != connection) {
            flushTo(owner);
            owner = connection;
        }
    }

    void put(AppConnection connection, ByteBuffer bytes) {
        own(connection);
        while (bytes.hasRemaining()) {
            if (length == output.length) {
                flushTo(connection);
            }
            int size = Math.min(bytes.remaining(), output.length - length);
            bytes.get(output, length, size);
            length += size;
        }
    }

    /** Frames the bytes as one or more chunks. */
    void putChunk(AppConnection connection, ByteBuffer data) {
        own(connection);
        while (data.hasRemaining()) {
            int size = Math.min(data.remaining(), LONGEST_CHUNK);
            if (output.length - length < ChunkedEncoder.PREFIX + size + ChunkedEncoder.SUFFIX) {
                flushTo(connection);
            }
            int from = length + ChunkedEncoder.sizeLineBytes(size);
            data.get(output, from, size);
            ChunkedEncoder.frame(output, from, size);
            length = from + size + ChunkedEncoder.SUFFIX;
        }
    }

    /** That many bytes of what is staged are the request's body. */
    void addCredit(int bytes) {
        credit += bytes;
    }

    void flushTo(AppConnection connection) {
        if (length > 0 && connection == owner) {
            ByteBuffer staged = ByteBuffer.wrap(output, 0, length);
            int body = credit;
            length = 0;
            credit = 0;
            connection.send(staged, body);
        }
    }
}
