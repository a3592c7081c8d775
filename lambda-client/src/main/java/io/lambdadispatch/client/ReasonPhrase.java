package io.lambdadispatch.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Looks over the shoulder of the head reader and notes the status line, for {@code Head} does not show the reason phrase. */
final class ReasonPhrase {
    private static final int REASON_AT = "HTTP/1.1 200 ".length();
    private static final int MINOR_VERSION_AT = "HTTP/1.".length();

    private final byte[] line = new byte[256];
    private int length;
    private boolean complete;

    void reset() {
        length = 0;
        complete = false;
    }

    /** Looks at the bytes without taking them. */
    void read(ByteBuffer in) {
        for (int i = in.position(); !complete && i < in.limit(); i++) {
            byte b = in.get(i);
            if (b == '\n') {
                complete = length > 0;
            } else if (b != '\r' && length < line.length) {
                line[length++] = b;
            }
        }
    }

    String text() {
        return length <= REASON_AT ? "" : new String(line, REASON_AT, length - REASON_AT, StandardCharsets.ISO_8859_1);
    }

    boolean isHttp11() {
        return length > MINOR_VERSION_AT && line[MINOR_VERSION_AT] == '1';
    }
}
