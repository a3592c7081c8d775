package io.lambdadispatch.it.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Reads one HTTP/1.1 answer, however it is cut into pieces, and notices every fault of its framing (RFC 9112 §6.3, §7.1).
 * Content is compared as it comes and not kept.
 */
final class ResponseReader {
    private static final int LONGEST_HEAD = 64 * 1024;
    private static final int LONGEST_LINE = 1024;

    private enum Stage {
        HEAD,
        COUNTED,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        UNTIL_CLOSE,
        DONE
    }

    private final Content content;
    private final StringBuilder line = new StringBuilder();
    private Stage stage = Stage.HEAD;
    private int status;
    private String instance;
    private boolean isLast;
    private long left;
    private long received;
    private boolean isWrong;

    /** @param content of an answer of status 200 */
    ResponseReader(Content content) {
        this.content = content;
    }

    /** 0 before there is a whole head. */
    int status() {
        return status;
    }

    String instance() {
        return instance;
    }

    /** Whether the server will close the connection after this answer. */
    boolean isLast() {
        return isLast;
    }

    boolean hasBegun() {
        return received > 0;
    }

    boolean isDone() {
        return stage == Stage.DONE;
    }

    /** What of the content was not as it should be, or {@code null}. To be asked at the end, whatever that is. */
    String fault() {
        if (status != 200) {
            return null;
        }
        if (isWrong) {
            return "other content than was to come";
        }
        return isDone() && !content.isWhole() ? "a clean end before all content came" : null;
    }

    /** Where it stands, for people. */
    @Override
    public String toString() {
        return "status " + status + ", " + received + " bytes, " + stage
                + (stage == Stage.COUNTED || stage == Stage.CHUNK ? ", " + left + " to come" : "");
    }

    /**
     * Reads on; takes nothing more once it is done.
     *
     * @throws IOException saying what is no HTTP
     */
    void read(ByteBuffer bytes) throws IOException {
        int before = bytes.remaining();
        try {
            readOn(bytes);
        } finally {
            received += before - bytes.remaining();
        }
    }

    private void readOn(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining() && stage != Stage.DONE) {
            switch (stage) {
                case HEAD -> readHead(bytes);
                case COUNTED, CHUNK -> readCounted(bytes);
                case CHUNK_SIZE -> readChunkSize(bytes);
                case CHUNK_END -> readChunkEnd(bytes);
                case TRAILER -> readTrailer(bytes);
                default -> take(bytes, bytes.remaining());
            }
        }
    }

    /** The connection has ended; true when that is the end of the answer. */
    boolean endsWithConnection() {
        if (stage == Stage.UNTIL_CLOSE) {
            stage = Stage.DONE;
        }
        return stage == Stage.DONE;
    }

    private void readHead(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            line.append((char) (bytes.get() & 0xff));
            int length = line.length();
            if (line.charAt(length - 1) == '\n'
                    && length >= 4
                    && line.substring(length - 4).equals("\r\n\r\n")) {
                parseHead(line.substring(0, length - 2));
                line.setLength(0);
                return;
            }
            if (length > LONGEST_HEAD) {
                throw new IOException("a head without an end");
            }
        }
    }

    private void parseHead(String head) throws IOException {
        String[] lines = head.split("\r\n", 0);
        if (!lines[0].matches("HTTP/1\\.1 [1-9][0-9][0-9]( .*)?")) {
            throw new IOException("not a status line: " + lines[0]);
        }
        int code = Integer.parseInt(lines[0].substring(9, 12));
        if (code < 200) {
            return;
        }
        status = code;
        stage = Stage.UNTIL_CLOSE;
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1) {
                throw new IOException("not a field: " + lines[i]);
            }
            field(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        if (code == 204 || code == 304) {
            stage = Stage.DONE;
        }
        isLast |= stage == Stage.UNTIL_CLOSE;
    }

    private void field(String name, String value) throws IOException {
        switch (name) {
            case "content-length" -> {
                require(stage == Stage.UNTIL_CLOSE, "two framings");
                left = Long.parseLong(value);
                stage = left == 0 ? Stage.DONE : Stage.COUNTED;
            }
            case "transfer-encoding" -> {
                require(stage == Stage.UNTIL_CLOSE && value.equals("chunked"), "framing " + value);
                stage = Stage.CHUNK_SIZE;
            }
            case "connection" -> isLast |= value.equalsIgnoreCase("close");
            case "x-lambda-id" -> instance = value;
            default -> {}
        }
    }

    private static void require(boolean condition, String fault) throws IOException {
        if (!condition) {
            throw new IOException(fault);
        }
    }

    private void readCounted(ByteBuffer bytes) {
        int size = (int) Math.min(left, bytes.remaining());
        take(bytes, size);
        left -= size;
        if (left == 0) {
            stage = stage == Stage.COUNTED ? Stage.DONE : Stage.CHUNK_END;
        }
    }

    private void readChunkSize(ByteBuffer bytes) throws IOException {
        if (readLine(bytes)) {
            String size = line.toString();
            line.setLength(0);
            try {
                left = Long.parseLong(size, 16);
            } catch (NumberFormatException e) {
                throw new IOException("not a chunk's size: " + size, e);
            }
            stage = left == 0 ? Stage.TRAILER : Stage.CHUNK;
        }
    }

    private void readChunkEnd(ByteBuffer bytes) throws IOException {
        if (readLine(bytes)) {
            require(line.length() == 0, "a chunk longer than it says");
            stage = Stage.CHUNK_SIZE;
        }
    }

    private void readTrailer(ByteBuffer bytes) throws IOException {
        if (readLine(bytes)) {
            stage = line.length() == 0 ? Stage.DONE : Stage.TRAILER;
            line.setLength(0);
        }
    }

    /** True when a line is whole; it is then without its end. */
    private boolean readLine(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            char next = (char) (bytes.get() & 0xff);
            if (next == '\n') {
                int length = line.length();
                require(length > 0 && line.charAt(length - 1) == '\r', "a line that ends without CR");
                line.setLength(length - 1);
                return true;
            }
            line.append(next);
            require(line.length() <= LONGEST_LINE, "a line without an end");
        }
        return false;
    }

    private void take(ByteBuffer bytes, int size) {
        if (status == 200 && !isWrong) {
            isWrong = !content.accepts(bytes.slice(bytes.position(), size));
        }
        bytes.position(bytes.position() + size);
    }
}
