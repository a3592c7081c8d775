package io.lambdadispatch.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Text on the wire, whole and in pieces. */
final class Bytes {
    private Bytes() {}

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(of(text));
    }

    /**
     * The same bytes in pieces, each at an odd place of a larger array, as network buffers are.
     *
     * @param sizes sizes of the pieces, used over and over; at least one of them is positive
     */
    static List<ByteBuffer> split(byte[] whole, List<Integer> sizes) {
        List<ByteBuffer> pieces = new ArrayList<>();
        int from = 0;
        for (int i = 0; from < whole.length; i++) {
            int size = Math.min(sizes.get(i % sizes.size()), whole.length - from);
            ByteBuffer piece = ByteBuffer.allocate(size + 7).position(3);
            piece.put(whole, from, size).limit(3 + size).position(3);
            pieces.add(piece);
            from += size;
        }
        return pieces;
    }
}
