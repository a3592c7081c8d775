package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http2.ErrorCode;

/**
 * A channel, and what the test has the app behind it do. Where the router has confirmed that messages say where they end, a request's body is
 * read as its head says; elsewhere to the end of the stream.
 */
public final class ScriptedChannel {
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    private enum Framing {
        COUNTED,
        CHUNKED,
        UNTIL_END
    }

    private final ScriptedInstance instance;
    private final H2Stream stream;
    private byte[] behindHead = {};
    private Framing framing = Framing.UNTIL_END;
    private long left;
    private boolean isFirstChunk;
    private boolean isLastChunk;

    ScriptedChannel(ScriptedInstance instance, H2Stream stream) {
        this.instance = instance;
        this.stream = stream;
    }

    /** The stream itself. */
    public H2Stream stream() {
        return stream;
    }

    /** Whether the router has agreed that one request follows another in it. */
    public boolean isReusable() {
        return "1".equals(stream.fields().get(FieldNames.CHANNEL_REUSE));
    }

    private boolean isFramed() {
        return FieldNames.CHUNKED.equals(stream.fields().get(FieldNames.CHANNEL_FRAMING));
    }

    /** Waits for the request's head. */
    public EmbeddedRequest awaitRequest() throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        byte[] some = new byte[16 * 1024];
        while (true) {
            int size = readRaw(some, 0, some.length);
            if (size < 0) {
                throw new AssertionError("channel ended in the head: " + seen.toString(StandardCharsets.ISO_8859_1));
            }
            int from = Math.max(0, seen.size() - END_OF_HEAD.length);
            seen.write(some, 0, size);
            byte[] all = seen.toByteArray();
            int end = endOfHead(all, from);
            if (end >= 0) {
                behindHead = Arrays.copyOfRange(all, end, all.length);
                EmbeddedRequest request = EmbeddedRequest.parse(new String(all, 0, end, StandardCharsets.ISO_8859_1));
                frame(request);
                return request;
            }
        }
    }

    private void frame(EmbeddedRequest request) {
        if (!isFramed()) {
            framing = Framing.UNTIL_END;
        } else if (request.values("Transfer-Encoding").contains("chunked")) {
            framing = Framing.CHUNKED;
            left = 0;
            isFirstChunk = true;
            isLastChunk = false;
        } else {
            framing = Framing.COUNTED;
            left = request.values("Content-Length").stream()
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(0);
        }
    }

    private static int endOfHead(byte[] bytes, int from) {
        for (int i = from; i + END_OF_HEAD.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + END_OF_HEAD.length, END_OF_HEAD, 0, END_OF_HEAD.length)) {
                return i + END_OF_HEAD.length;
            }
        }
        return -1;
    }

    /** Waits until one of them has got a request: which one is the router's choice. */
    public static ScriptedChannel firstUsed(Collection<ScriptedChannel> channels) {
        AtomicReference<ScriptedChannel> used = new AtomicReference<>();
        Await.until("one of " + channels.size() + " channels is used", () -> {
            channels.stream().filter(ScriptedChannel::hasRequest).findFirst().ifPresent(used::set);
            return used.get() != null;
        });
        return used.get();
    }

    /** Whether a request has come; never waits longer than a moment. */
    public boolean hasRequest() {
        return stream.hasData();
    }

    /** Bytes of the request's body; -1 at its clean end. */
    public int read(byte[] target, int offset, int size) throws IOException {
        if (framing == Framing.UNTIL_END) {
            return readRaw(target, offset, size);
        }
        if (framing == Framing.CHUNKED && left == 0 && !isLastChunk) {
            beginChunk();
        }
        if (left == 0) {
            return -1;
        }
        int read = readRaw(target, offset, (int) Math.min(size, left));
        if (read < 0) {
            throw new EOFException(left + " bytes short");
        }
        left -= read;
        return read;
    }

    private void beginChunk() throws IOException {
        if (!isFirstChunk) {
            readLine();
        }
        isFirstChunk = false;
        left = Long.parseLong(readLine(), 16);
        if (left == 0) {
            isLastChunk = true;
            readLine();
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        byte[] one = new byte[1];
        while (line.length() < 2 || line.charAt(line.length() - 1) != '\n') {
            if (readRaw(one, 0, 1) < 0) {
                throw new EOFException("ended in a chunk");
            }
            line.append((char) one[0]);
        }
        return line.substring(0, line.length() - 2);
    }

    private int readRaw(byte[] target, int offset, int size) throws IOException {
        if (behindHead.length > 0) {
            int taken = Math.min(size, behindHead.length);
            System.arraycopy(behindHead, 0, target, offset, taken);
            behindHead = Arrays.copyOfRange(behindHead, taken, behindHead.length);
            return taken;
        }
        return stream.read(target, offset, size);
    }

    /** The request's body to its clean end. */
    public byte[] readBody() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        readBody(all);
        return all.toByteArray();
    }

    /** What comes of the request's body, which is also there when it does not end cleanly. */
    public void readBody(ByteArrayOutputStream all) throws IOException {
        byte[] some = new byte[16 * 1024];
        for (int size = read(some, 0, some.length); size >= 0; size = read(some, 0, some.length)) {
            all.write(some, 0, size);
        }
    }

    /** That many bytes of the request's body, as text. */
    public String readText(int size) throws IOException {
        byte[] bytes = new byte[size];
        int at = 0;
        while (at < size) {
            int read = read(bytes, at, size - at);
            if (read < 0) {
                throw new AssertionError("body ended after " + at + " of " + size + " bytes");
            }
            at += read;
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Sends a part of the answer, as ISO-8859-1. */
    public ScriptedChannel send(String part) {
        stream.send(part);
        return this;
    }

    /** Sends a part of the answer. */
    public ScriptedChannel send(byte[] part) {
        stream.send(part, false);
        return this;
    }

    /** Ends the answer. */
    public void end() {
        stream.end();
    }

    /** Sends a whole answer in one piece, and ends a channel that is not to be reused. */
    public void answer(String all) {
        stream.send(all.getBytes(StandardCharsets.ISO_8859_1), !isReusable());
    }

    /** 200 with that text. */
    public void ok(String text) {
        answer("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    }

    /** Waits for the request's head, and answers 200 with that text. */
    public void serve(String text) throws IOException {
        awaitRequest();
        ok(text);
    }

    /** Does harm. */
    public void strike(Fault.What what) {
        switch (what) {
            case RESETS_WITH_CANCEL -> stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
            case RESETS_WITH_INTERNAL_ERROR -> stream.reset(ErrorCode.INTERNAL_ERROR);
            case ENDS_STREAM -> stream.end();
            case DIES -> instance.die();
        }
    }
}
