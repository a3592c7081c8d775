package io.lambdadispatch.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A parsed HTTP/1.1 head (RFC 9112 §2): a start line and fields in their order, repeats kept. Values are bytes, shown as
 * ISO-8859-1 strings. It is a view of its {@link HeadReader}'s buffer, valid until that reads the next head; strings are
 * made when asked for. Not thread-safe.
 */
public final class Head {
    private static final int OFFSETS_PER_FIELD = 4;

    private byte[] bytes = new byte[0];
    private int startLineFrom;
    private int startLineTo;
    private int[] offsets = new int[OFFSETS_PER_FIELD * 16];
    private int fieldCount;

    Head() {}

    /** The start line ends there, in a buffer that is not known before its end, for it may grow. */
    void begin(int startLineEnd) {
        startLineFrom = 0;
        startLineTo = startLineEnd;
        fieldCount = 0;
    }

    void end(byte[] source) {
        bytes = source;
    }

    void addField(int nameFrom, int nameTo, int valueFrom, int valueTo) {
        int at = fieldCount++ * OFFSETS_PER_FIELD;
        if (at == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * at);
        }
        offsets[at] = nameFrom;
        offsets[at + 1] = nameTo;
        offsets[at + 2] = valueFrom;
        offsets[at + 3] = valueTo;
    }

    /** Number of field lines. */
    public int fieldCount() {
        return fieldCount;
    }

    /** Name of field line {@code i}, as it was sent; well-known names allocate nothing. */
    public String name(int i) {
        int at = i * OFFSETS_PER_FIELD;
        return KnownNames.nameOf(bytes, offsets[at], offsets[at + 1]);
    }

    /** Value of field line {@code i}, without white space around it. */
    public String value(int i) {
        int at = i * OFFSETS_PER_FIELD;
        return text(offsets[at + 2], offsets[at + 3]);
    }

    /** Bytes of name and value of field line {@code i} together. */
    int fieldBytes(int i) {
        int at = i * OFFSETS_PER_FIELD;
        return offsets[at + 1] - offsets[at] + offsets[at + 3] - offsets[at + 2];
    }

    /** Copies {@code name: value} of field line {@code i}; returns where it ends. */
    int copyField(int i, byte[] to, int position) {
        int at = i * OFFSETS_PER_FIELD;
        int end = copy(offsets[at], offsets[at + 1], to, position);
        to[end++] = ':';
        to[end++] = ' ';
        return copy(offsets[at + 2], offsets[at + 3], to, end);
    }

    private int copy(int from, int until, byte[] to, int position) {
        System.arraycopy(bytes, from, to, position, until - from);
        return position + until - from;
    }

    /** Value of the first field of that name in any case, or {@code null}. */
    public String first(String name) {
        for (int i = 0; i < fieldCount; i++) {
            if (nameIs(i, name)) {
                return value(i);
            }
        }
        return null;
    }

    /** All {@code Connection} fields as one list (RFC 9110 §5.3), or {@code null}. */
    public String connection() {
        String all = null;
        for (int i = 0; i < fieldCount; i++) {
            if (nameIs(i, FieldNames.CONNECTION)) {
                all = all == null ? value(i) : all + ',' + value(i);
            }
        }
        return all;
    }

    /** Whether field line {@code i} has that name, in any case. */
    public boolean nameIs(int i, String name) {
        int at = i * OFFSETS_PER_FIELD;
        int from = offsets[at];
        if (offsets[at + 1] - from != name.length()) {
            return false;
        }
        for (int k = 0; k < name.length(); k++) {
            if (lower(bytes[from + k]) != lower((byte) name.charAt(k))) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }

    /**
     * The declared length of the body in bytes; -1 when there is none.
     *
     * @throws ProtocolException when it is no number, or several that differ (RFC 9110 §8.6)
     */
    public long contentLength() throws ProtocolException {
        long length = -1;
        for (int i = 0; i < fieldCount; i++) {
            if (nameIs(i, FieldNames.CONTENT_LENGTH)) {
                long value = parseLength(value(i));
                if (length >= 0 && length != value) {
                    throw new ProtocolException("two Content-Length fields that differ");
                }
                length = value;
            }
        }
        return length;
    }

    private static long parseLength(String text) throws ProtocolException {
        if (text.isEmpty() || text.length() > 18) {
            throw new ProtocolException("Content-Length: " + text + " (expected: a number of bytes)");
        }
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new ProtocolException("Content-Length: " + text + " (expected: a number of bytes)");
            }
            length = length * 10 + (c - '0');
        }
        return length;
    }

    /** Whether the last transfer coding is {@code chunked} (RFC 9112 §6.1). */
    public boolean isChunked() {
        for (int i = fieldCount - 1; i >= 0; i--) {
            if (nameIs(i, FieldNames.TRANSFER_ENCODING)) {
                String value = value(i);
                return value.substring(value.lastIndexOf(',') + 1).strip().equalsIgnoreCase(FieldNames.CHUNKED);
            }
        }
        return false;
    }

    /**
     * The three digits of a status line (RFC 9112 §4).
     *
     * @throws ProtocolException when the start line is no status line
     */
    public int status() throws ProtocolException {
        int space = nextSpace(startLineFrom);
        int digits = space + 1;
        boolean isStatusLine = startsWithHttp()
                && digits + 3 <= startLineTo
                && (digits + 3 == startLineTo || bytes[digits + 3] == ' ');
        int status = 0;
        for (int i = digits; isStatusLine && i < digits + 3; i++) {
            isStatusLine = bytes[i] >= '0' && bytes[i] <= '9';
            status = status * 10 + (bytes[i] - '0');
        }
        if (!isStatusLine || status < 100) {
            throw new ProtocolException("not a status line: " + shown());
        }
        return status;
    }

    /**
     * The reason phrase of a status line, as an ISO-8859-1 string; often empty.
     *
     * @throws ProtocolException when the start line is no status line
     */
    public String reason() throws ProtocolException {
        int unused = status();
        int from = nextSpace(startLineFrom) + 1 + "200 ".length();
        return from < startLineTo ? text(from, startLineTo) : "";
    }

    /** Whether the start line is a status line of HTTP/1.1, not of an older version. */
    public boolean isHttp11() {
        return startsWithHttp()
                && nextSpace(startLineFrom) == startLineFrom + "HTTP/1.1".length()
                && bytes[startLineFrom + 5] == '1'
                && bytes[startLineFrom + 6] == '.'
                && bytes[startLineFrom + 7] == '1';
    }

    private boolean startsWithHttp() {
        return startLineTo - startLineFrom > 5
                && bytes[startLineFrom] == 'H'
                && bytes[startLineFrom + 1] == 'T'
                && bytes[startLineFrom + 2] == 'T'
                && bytes[startLineFrom + 3] == 'P'
                && bytes[startLineFrom + 4] == '/';
    }

    /**
     * The method of a request line (RFC 9112 §3).
     *
     * @throws ProtocolException when the start line is no request line
     */
    public String method() throws ProtocolException {
        int end = nextSpace(startLineFrom);
        checkRequestLine(end);
        return KnownNames.nameOf(bytes, startLineFrom, end);
    }

    /**
     * The request target, byte for byte, as an ISO-8859-1 string.
     *
     * @throws ProtocolException when the start line is no request line
     */
    public String target() throws ProtocolException {
        int method = nextSpace(startLineFrom);
        checkRequestLine(method);
        return text(method + 1, nextSpace(method + 1));
    }

    /** Bytes of method and target with the space between them. */
    int requestBytes() throws ProtocolException {
        int methodEnd = nextSpace(startLineFrom);
        checkRequestLine(methodEnd);
        return nextSpace(methodEnd + 1) - startLineFrom;
    }

    /** Copies that many bytes of the start line; returns where they end. */
    int copyStartLine(int size, byte[] to, int position) {
        return copy(startLineFrom, startLineFrom + size, to, position);
    }

    private void checkRequestLine(int methodEnd) throws ProtocolException {
        int targetEnd = methodEnd < startLineTo ? nextSpace(methodEnd + 1) : startLineTo;
        boolean isRequestLine = methodEnd > startLineFrom
                && targetEnd > methodEnd + 1
                && targetEnd < startLineTo
                && nextSpace(targetEnd + 1) == startLineTo;
        if (!isRequestLine) {
            throw new ProtocolException("not a request line: " + shown());
        }
    }

    private int nextSpace(int from) {
        int at = from;
        while (at < startLineTo && bytes[at] != ' ') {
            at++;
        }
        return at;
    }

    private String shown() {
        return text(startLineFrom, Math.min(startLineTo, startLineFrom + 80));
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
