package io.lambdadispatch.router.log;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Text of printable ASCII, gathered until it is written: bytes from the beginning, so that nothing is copied or encoded afterwards.
 * For one thread.
 */
final class AsciiText {
    private static final int FIRST_BYTES = 64 * 1024;

    /** What is kept for the next text. Users who send long targets are not to fix the router's memory for ever. */
    private static final int MOST_KEPT_BYTES = 1024 * 1024;

    /** Characters that stand in quotes as they are; those behind them never do. */
    private static final boolean[] IS_PLAIN = new boolean[0x7F];

    static {
        for (char c = ' '; c < IS_PLAIN.length; c++) {
            IS_PLAIN[c] = c != '"' && c != '\\';
        }
    }

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    /** How a character is written that cannot stand in quotes. */
    interface Escape {
        void append(char c, AsciiText text);
    }

    /** Whether all of it may stand in quotes as it is. */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(char c) {
        return c < IS_PLAIN.length && IS_PLAIN[c];
    }

    /** A character of ASCII. */
    AsciiText append(char ascii) {
        makeRoom(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /** Characters of ASCII. */
    @SuppressWarnings("deprecation") // it keeps the low byte of each character, which is all that ASCII has
    AsciiText append(String ascii) {
        int length = ascii.length();
        makeRoom(length);
        ascii.getBytes(0, length, bytes, size);
        size += length;
        return this;
    }

    AsciiText append(long number) {
        return number >= 0 && number < 10 ? append((char) ('0' + number)) : append(Long.toString(number));
    }

    /** Milliseconds with three digits after the point. */
    AsciiText appendMillis(long nanos) {
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        return append(micros / 1_000).append('.').appendThreeDigits(micros % 1_000);
    }

    AsciiText appendThreeDigits(long number) {
        return append((char) ('0' + number / 100))
                .append((char) ('0' + number / 10 % 10))
                .append((char) ('0' + number % 10));
    }

    /** Whatever characters; most texts have nothing to escape, and are copied whole. */
    AsciiText append(String text, Escape escape) {
        if (isPlain(text)) {
            return append(text);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                append(c);
            } else {
                escape.append(c, this);
            }
        }
        return this;
    }

    private void makeRoom(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    /** Writes it all, and is empty then, also when that fails. */
    void writeTo(OutputStream output) throws IOException {
        try {
            output.write(bytes, 0, size);
        } finally {
            size = 0;
            if (bytes.length > MOST_KEPT_BYTES) {
                bytes = new byte[FIRST_BYTES];
            }
        }
    }
}
