package io.lambdadispatch.jetty.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32C;

/** Bodies that look like nothing else, and their checksums. */
public final class Bodies {
    private Bodies() {}

    /** The same bytes for the same size. */
    public static byte[] ofSize(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** One chunk of HTTP/1.1's chunked coding. */
    public static byte[] chunk(byte[] bytes, int offset, int size) {
        byte[] head = (Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[head.length + size + 2];
        System.arraycopy(head, 0, chunk, 0, head.length);
        System.arraycopy(bytes, offset, chunk, head.length, size);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        return chunk;
    }

    /** A source of bytes; -1 is its end. */
    @FunctionalInterface
    public interface Source {
        /** As {@code InputStream.read}. */
        int read(byte[] target, int offset, int size) throws IOException;
    }

    /**
     * Size and checksum of something.
     *
     * @param crc CRC-32C
     */
    public record Sum(long size, long crc) {
        /** Of all that comes to the clean end. */
        public static Sum of(Source source) throws IOException {
            CRC32C crc = new CRC32C();
            long total = 0;
            byte[] some = new byte[32 * 1024];
            for (int size = source.read(some, 0, some.length); size >= 0; size = source.read(some, 0, some.length)) {
                crc.update(some, 0, size);
                total += size;
            }
            return new Sum(total, crc.getValue());
        }

        /** Of that many repetitions. */
        public static Sum of(byte[] bytes, int times) {
            CRC32C crc = new CRC32C();
            for (int i = 0; i < times; i++) {
                crc.update(bytes);
            }
            return new Sum((long) times * bytes.length, crc.getValue());
        }
    }
}
