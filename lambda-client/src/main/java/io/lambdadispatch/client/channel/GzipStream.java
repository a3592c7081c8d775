package io.lambdadispatch.client.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses a response as it streams: whatever comes in goes out at once, so that a slow response is not held back. Must be
 * closed, for the deflater holds native memory. Confined to the reactor thread.
 */
final class GzipStream implements AutoCloseable {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final int TRAILER_BYTES = 8;
    private static final int PIECE_BYTES = 8 * 1024;

    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final CRC32 checksum = new CRC32();
    private final byte[] piece = new byte[PIECE_BYTES];
    private boolean headerWritten;
    private boolean closed;

    /** Compresses all of {@code data}, and flushes so that the user can decompress it. */
    void write(ByteBuffer data, ChannelOutput out) throws IOException {
        writeHeader(out);
        checksum.update(data.duplicate());
        deflater.setInput(data);
        int size;
        do {
            size = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
            out.write(piece, 0, size);
        } while (size == piece.length);
    }

    void end(ChannelOutput out) throws IOException {
        writeHeader(out);
        deflater.finish();
        while (!deflater.finished()) {
            out.write(piece, 0, deflater.deflate(piece, 0, piece.length));
        }
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        trailer.putInt((int) checksum.getValue()).putInt((int) deflater.getBytesRead());
        out.write(trailer.flip());
        close();
    }

    private void writeHeader(ChannelOutput out) throws IOException {
        if (!headerWritten) {
            headerWritten = true;
            out.write(HEADER, 0, HEADER.length);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            deflater.end();
        }
    }
}
