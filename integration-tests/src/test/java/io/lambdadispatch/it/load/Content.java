package io.lambdadispatch.it.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a good answer holds, compared piece by piece as it comes. */
abstract class Content {
    /** False when this piece cannot be part of it. */
    abstract boolean accepts(ByteBuffer piece);

    /** Whether all of it came. */
    abstract boolean isWhole();

    static Content of(String text) {
        return of(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** These bytes, which are not changed. */
    static Content of(ByteBuffer bytes) {
        return new Exact(bytes.duplicate());
    }

    /** A short text of that form. */
    static Content like(Pattern pattern) {
        return new Like(pattern);
    }

    private static final class Exact extends Content {
        private final ByteBuffer left;

        Exact(ByteBuffer bytes) {
            left = bytes;
        }

        @Override
        boolean accepts(ByteBuffer piece) {
            int size = piece.remaining();
            if (size > left.remaining() || !left.slice(left.position(), size).equals(piece)) {
                return false;
            }
            left.position(left.position() + size);
            return true;
        }

        @Override
        boolean isWhole() {
            return !left.hasRemaining();
        }
    }

    private static final class Like extends Content {
        private static final int LONGEST = 4096;

        private final Pattern pattern;
        private final StringBuilder text = new StringBuilder();

        Like(Pattern pattern) {
            this.pattern = pattern;
        }

        @Override
        boolean accepts(ByteBuffer piece) {
            text.append(StandardCharsets.ISO_8859_1.decode(piece.duplicate()));
            return text.length() <= LONGEST;
        }

        @Override
        boolean isWhole() {
            return pattern.matcher(text).matches();
        }
    }
}
