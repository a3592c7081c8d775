package io.lambdadispatch.protocol;

import java.nio.charset.StandardCharsets;

/**
 * Frames a chunked body (RFC 9112 §7.1) in place: a buffer leaves {@link #PREFIX} bytes free before the data and
 * {@link #SUFFIX} behind it, so that framing copies nothing.
 */
public final class ChunkedEncoder {
    /** Bytes needed before the data: eight hex digits and CR LF. */
    public static final int PREFIX = 10;

    /** Bytes needed behind the data: CR LF. */
    public static final int SUFFIX = 2;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private ChunkedEncoder() {}

    /**
     * Writes the frame around data that lies at {@code offset}.
     *
     * @param size bytes of data, at least 1: an empty chunk would end the body
     * @return where the frame begins; it ends {@link #SUFFIX} bytes behind the data
     */
    public static int frame(byte[] buffer, int offset, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("size: " + size + " (expected: at least 1)");
        }
        buffer[offset + size] = '\r';
        buffer[offset + size + 1] = '\n';
        int at = offset;
        buffer[--at] = '\n';
        buffer[--at] = '\r';
        for (int rest = size; rest != 0; rest >>>= 4) {
            buffer[--at] = HEX[rest & 0xF];
        }
        return at;
    }

    /** Bytes that {@link #frame} writes before data of that size, at most {@link #PREFIX}. */
    public static int sizeLineBytes(int size) {
        int digits = (Integer.SIZE + 3 - Integer.numberOfLeadingZeros(size)) / 4;
        return digits + 2;
    }

    /** The last chunk and the empty trailer section. */
    public static byte[] last() {
        return LAST.clone();
    }
}
