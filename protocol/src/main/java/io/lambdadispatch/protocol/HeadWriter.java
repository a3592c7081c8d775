package io.lambdadispatch.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes the head of an HTTP/1.1 message (RFC 9112) into one array. What could be taken for the end of a line is refused,
 * so that no value can smuggle a field or a request. Not thread-safe; reusable after {@link #reset()}.
 */
public final class HeadWriter {
    private static final int FIRST_BYTES = 1024;

    private final int maxBytes;
    private byte[] buffer;
    private int length;
    private int fieldCount;

    /**
     * @param maxBytes largest head written, in bytes, blank line included
     */
    public HeadWriter(int maxBytes) {
        this.maxBytes = maxBytes;
        this.buffer = new byte[Math.min(FIRST_BYTES, maxBytes)];
    }

    /**
     * {@code METHOD path?query HTTP/1.1}. Characters beyond ASCII are written as UTF-8, which is how containers read them.
     *
     * @param query {@code null} when the target has none
     * @throws ProtocolException when method or target hold what a request line cannot
     * @throws HeadTooLargeException when the head grows beyond its limit
     */
    public HeadWriter requestLine(String method, String path, String query) throws ProtocolException {
        if (path.isEmpty()) {
            throw new ProtocolException("empty request target");
        }
        name(method);
        put((byte) ' ');
        target(path);
        if (query != null) {
            put((byte) '?');
            target(query);
        }
        ascii(" HTTP/1.1\r\n");
        return this;
    }

    /**
     * The same with method and target of a head that was read, byte for byte.
     *
     * @throws ProtocolException when its start line is no request line
     * @throws HeadTooLargeException when the head grows beyond its limit
     */
    public HeadWriter requestLine(Head request) throws ProtocolException {
        int size = request.requestBytes();
        reserve(size);
        length = request.copyStartLine(size, buffer, length);
        ascii(" HTTP/1.1\r\n");
        return this;
    }

    /**
     * {@code HTTP/1.1 status reason}.
     *
     * @param reason may be {@code null}; what cannot stand in a status line is left out
     */
    public HeadWriter statusLine(int status, String reason) throws ProtocolException {
        if (status < 100 || status > 999) {
            throw new ProtocolException("status: " + status + " (expected: 100 to 999)");
        }
        ascii("HTTP/1.1 ");
        put((byte) ('0' + status / 100));
        put((byte) ('0' + status / 10 % 10));
        put((byte) ('0' + status % 10));
        put((byte) ' ');
        if (reason != null) {
            for (int i = 0; i < reason.length(); i++) {
                char c = reason.charAt(i);
                if (c == '\t' || (c >= ' ' && c <= 0xFF && c != 0x7F)) {
                    put((byte) c);
                }
            }
        }
        crlf();
        return this;
    }

    /**
     * One field line. A character beyond ISO-8859-1 cannot have come from a field and is written as {@code ?}.
     *
     * @throws ProtocolException when the name is no token, or the value holds CR, LF or NUL
     * @throws HeadTooLargeException when the head grows beyond its limits
     */
    public HeadWriter field(String name, String value) throws ProtocolException {
        fieldName(name);
        value(value);
        crlf();
        return this;
    }

    /**
     * Field line {@code i} of a head that was read, byte for byte.
     *
     * @throws HeadTooLargeException when the head grows beyond its limits
     */
    public HeadWriter field(Head head, int i) throws HeadTooLargeException {
        count();
        reserve(head.fieldBytes(i) + 2);
        length = head.copyField(i, buffer, length);
        crlf();
        return this;
    }

    /** {@code name: first, second}, to append to a list without a string in between; {@code first} may be {@code null}. */
    public HeadWriter field(String name, String first, String second) throws ProtocolException {
        if (first == null) {
            return field(name, second);
        }
        fieldName(name);
        value(first);
        put((byte) ',');
        put((byte) ' ');
        value(second);
        crlf();
        return this;
    }

    private void count() throws HeadTooLargeException {
        if (fieldCount++ == HeadReader.MOST_FIELDS) {
            throw HeadTooLargeException.ofFields(HeadReader.MOST_FIELDS);
        }
    }

    private void fieldName(String name) throws ProtocolException {
        count();
        name(name);
        put((byte) ':');
        put((byte) ' ');
    }

    private void value(String value) throws ProtocolException {
        int size = value.length();
        reserve(size);
        for (int i = 0; i < size; i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw new ProtocolException("field value with CR, LF or NUL");
            }
            buffer[length++] = (byte) (c <= 0xFF ? c : '?');
        }
    }

    /** The blank line that ends the head. */
    public HeadWriter end() throws ProtocolException {
        crlf();
        return this;
    }

    private void name(String name) throws ProtocolException {
        int size = name.length();
        if (size == 0) {
            throw new ProtocolException("empty method or field name");
        }
        reserve(size);
        for (int i = 0; i < size; i++) {
            char c = name.charAt(i);
            if (!HeadReader.isTokenByte(c)) {
                throw new ProtocolException("method or field name is not a token: " + name);
            }
            buffer[length++] = (byte) c;
        }
    }

    private void target(String text) throws ProtocolException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7F) {
                throw new ProtocolException("request target with a space or control character");
            }
            if (c < 0x80) {
                put((byte) c);
            } else {
                int point = text.codePointAt(i);
                utf8(point);
                i += Character.charCount(point) - 1;
            }
        }
    }

    private void utf8(int point) throws HeadTooLargeException {
        if (point < 0x800) {
            put((byte) (0xC0 | (point >> 6)));
        } else if (point < 0x10000) {
            put((byte) (0xE0 | (point >> 12)));
            put((byte) (0x80 | ((point >> 6) & 0x3F)));
        } else {
            put((byte) (0xF0 | (point >> 18)));
            put((byte) (0x80 | ((point >> 12) & 0x3F)));
            put((byte) (0x80 | ((point >> 6) & 0x3F)));
        }
        put((byte) (0x80 | (point & 0x3F)));
    }

    private void ascii(String text) throws HeadTooLargeException {
        int size = text.length();
        reserve(size);
        for (int i = 0; i < size; i++) {
            buffer[length++] = (byte) text.charAt(i);
        }
    }

    private void crlf() throws HeadTooLargeException {
        put((byte) '\r');
        put((byte) '\n');
    }

    private void put(byte b) throws HeadTooLargeException {
        reserve(1);
        buffer[length++] = b;
    }

    private void reserve(int size) throws HeadTooLargeException {
        int needed = length + size;
        if (needed > buffer.length) {
            if (needed > maxBytes) {
                throw HeadTooLargeException.ofBytes(maxBytes);
            }
            buffer = Arrays.copyOf(buffer, Math.min(maxBytes, Math.max(needed, 2 * buffer.length)));
        }
    }

    /** What was written so far, in {@link #array()}. */
    public int length() {
        return length;
    }

    /** The array that holds the head from 0 to {@link #length()}; replaced when the head grows. */
    public byte[] array() {
        return buffer;
    }

    /** What was written so far, as a view. */
    public ByteBuffer toBuffer() {
        return ByteBuffer.wrap(buffer, 0, length);
    }

    /** Forgets what was written behind {@code length}, to end the same head in another way. */
    public HeadWriter truncate(int length) {
        this.length = Math.min(this.length, length);
        return this;
    }

    /** Forgets what was written; the array is kept. */
    public void reset() {
        length = 0;
        fieldCount = 0;
    }
}
