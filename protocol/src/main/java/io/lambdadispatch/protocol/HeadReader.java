package io.lambdadispatch.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the head of an HTTP/1.1 message (RFC 9112 §2 to §5) that may arrive split anywhere, and stops behind its blank
 * line: what follows in the buffer is the body. Strict where a lenient reading could be abused: no line folding, no space
 * before a colon, no CR or NUL in a line; a bare LF ends a line, as RFC 9112 §2.2 allows. Not thread-safe; reusable
 * after {@link #reset()}.
 */
public final class HeadReader {
    /** Largest head in bytes unless configured otherwise. */
    public static final int DEFAULT_MAX_BYTES = 32 * 1024;

    /** Most fields of a head that is read or written: some work on a head grows with their square. */
    public static final int MOST_FIELDS = 256;

    private static final int FIRST_BYTES = 1024;

    private static final boolean[] TOKEN = tokenBytes();

    private final int maxBytes;
    private final Head head = new Head();
    private byte[] buffer;
    private int length;
    private int lineStart;
    private boolean complete;

    /**
     * @param maxBytes largest head accepted, in bytes, blank line included
     */
    public HeadReader(int maxBytes) {
        this.maxBytes = maxBytes;
        this.buffer = new byte[Math.min(FIRST_BYTES, maxBytes)];
    }

    private static boolean[] tokenBytes() {
        boolean[] table = new boolean[128];
        for (int b = '0'; b <= 'z'; b++) {
            table[b] = Character.isLetterOrDigit(b);
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            table[c] = true;
        }
        return table;
    }

    /**
     * Takes bytes up to the end of the head.
     *
     * @param in read from its position; left behind the blank line, or empty
     * @return whether the head is complete
     * @throws HeadTooLargeException when it is longer, or has more fields, than allowed
     * @throws ProtocolException when it is malformed
     */
    public boolean read(ByteBuffer in) throws ProtocolException {
        while (!complete && in.hasRemaining()) {
            int from = length;
            int size = Math.min(in.remaining(), room());
            // Copied at once, and what is not the head's is given back: one byte after the other costs several times as
            // much.
            in.get(buffer, from, size);
            int taken = scan(from, from + size) - from;
            in.position(in.position() - (size - taken));
        }
        return complete;
    }

    private int room() throws HeadTooLargeException {
        if (length == buffer.length) {
            if (length >= maxBytes) {
                throw HeadTooLargeException.ofBytes(maxBytes);
            }
            buffer = Arrays.copyOf(buffer, Math.min(2 * length, maxBytes));
        }
        return buffer.length - length;
    }

    /** Takes lines up to the end of the head; returns where it stopped, at most {@code to}. */
    private int scan(int from, int to) throws ProtocolException {
        for (int at = from; at < to; at++) {
            if (buffer[at] == '\n') {
                length = at + 1;
                endOfLine();
                if (complete || length == 0) {
                    return at + 1;
                }
            }
        }
        length = to;
        return to;
    }

    private void endOfLine() throws ProtocolException {
        int end = length - 1;
        if (end > lineStart && buffer[end - 1] == '\r') {
            end--;
        }
        if (end > lineStart) {
            takeLine(end);
            lineStart = length;
        } else if (lineStart == 0) {
            // An empty line before the start line is to be ignored: RFC 9112 §2.2.
            length = 0;
        } else {
            head.end(buffer);
            complete = true;
        }
    }

    private void takeLine(int end) throws ProtocolException {
        if (lineStart == 0) {
            checkText(0, end);
            head.begin(end);
        } else {
            parseField(lineStart, end);
        }
    }

    private void parseField(int from, int end) throws ProtocolException {
        int colon = from;
        while (colon < end && buffer[colon] != ':') {
            if (!isTokenByte(buffer[colon])) {
                throw malformed("field name", from, end);
            }
            colon++;
        }
        if (colon == end || colon == from) {
            throw malformed("field line", from, end);
        }
        int valueFrom = colon + 1;
        int valueTo = end;
        while (valueFrom < valueTo && isBlank(buffer[valueFrom])) {
            valueFrom++;
        }
        while (valueTo > valueFrom && isBlank(buffer[valueTo - 1])) {
            valueTo--;
        }
        checkText(valueFrom, valueTo);
        if (head.fieldCount() == MOST_FIELDS) {
            throw HeadTooLargeException.ofFields(MOST_FIELDS);
        }
        head.addField(from, colon, valueFrom, valueTo);
    }

    private void checkText(int from, int to) throws ProtocolException {
        for (int i = from; i < to; i++) {
            byte b = buffer[i];
            if (b == 0 || b == '\r') {
                throw malformed("line with a CR or NUL", from, i);
            }
        }
    }

    private ProtocolException malformed(String what, int from, int to) {
        int shown = Math.min(to, from + 80);
        return new ProtocolException("malformed " + what + ": "
                + new String(buffer, from, shown - from, java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    /** RFC 9110 §5.6.2. */
    static boolean isTokenByte(int b) {
        return b >= 0 && b < TOKEN.length && TOKEN[b];
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** Whether any byte of a head has come, so that an end of stream now means a head cut short. */
    public boolean hasBegun() {
        return length > 0;
    }

    /** The head, once {@link #read} said that it is complete. */
    public Head head() {
        if (!complete) {
            throw new IllegalStateException("head is not complete: " + length + " bytes so far");
        }
        return head;
    }

    /** Forgets the head; the buffer is kept. */
    public void reset() {
        length = 0;
        lineStart = 0;
        complete = false;
    }
}
