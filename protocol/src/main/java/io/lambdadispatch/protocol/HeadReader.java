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
            byte b = in.get();
            append(b);
            if (b == '\n') {
                endOfLine();
            }
        }
        return complete;
    }

    private void append(byte b) throws HeadTooLargeException {
        if (length == buffer.length) {
            if (length >= maxBytes) {
                throw HeadTooLargeException.ofBytes(maxBytes);
            }
            buffer = Arrays.copyOf(buffer, Math.min(2 * length, maxBytes));
        }
        buffer[length++] = b;
    }

    private void endOfLine() throws ProtocolException {
        int end = length - 1;
        if (end > lineStart && buffer[end - 1] == '\r') {
            end--;
        }
        if (end > lineStart) {
            lineStart = length;
        } else if (lineStart == 0) {
            // An empty line before the start line is to be ignored: RFC 9112 §2.2.
            length = 0;
        } else {
            parse();
            complete = true;
        }
    }

    private void parse() throws ProtocolException {
        int at = 0;
        int end = lineEnd(at);
        checkText(0, end);
        head.begin(buffer, 0, end);
        for (at = nextLine(end); (end = lineEnd(at)) > at; at = nextLine(end)) {
            parseField(at, end);
        }
    }

    /** Where the text of the line ends; CR and LF follow. */
    private int lineEnd(int from) {
        int lf = from;
        while (buffer[lf] != '\n') {
            lf++;
        }
        return lf > from && buffer[lf - 1] == '\r' ? lf - 1 : lf;
    }

    private int nextLine(int lineEnd) {
        return buffer[lineEnd] == '\r' ? lineEnd + 2 : lineEnd + 1;
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
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || (b > 0 && "!#$%&'*+-.^_`|~".indexOf(b) >= 0);
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
