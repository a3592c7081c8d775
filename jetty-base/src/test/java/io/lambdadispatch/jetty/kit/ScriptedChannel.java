package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http2.ErrorCode;

/** A channel, and what the test has the app behind it do. */
public final class ScriptedChannel {
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    private final ScriptedInstance instance;
    private final H2Stream stream;
    private byte[] behindHead = {};

    ScriptedChannel(ScriptedInstance instance, H2Stream stream) {
        this.instance = instance;
        this.stream = stream;
    }

    /** The stream itself. */
    public H2Stream stream() {
        return stream;
    }

    /** Waits for the request's head. */
    public EmbeddedRequest awaitRequest() throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        byte[] some = new byte[16 * 1024];
        while (true) {
            int size = stream.read(some, 0, some.length);
            if (size < 0) {
                throw new AssertionError("channel ended in the head: " + seen.toString(StandardCharsets.ISO_8859_1));
            }
            int from = Math.max(0, seen.size() - END_OF_HEAD.length);
            seen.write(some, 0, size);
            byte[] all = seen.toByteArray();
            int end = endOfHead(all, from);
            if (end >= 0) {
                behindHead = Arrays.copyOfRange(all, end, all.length);
                return EmbeddedRequest.parse(new String(all, 0, end, StandardCharsets.ISO_8859_1));
            }
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

    /** Sends a whole answer in one piece. */
    public void answer(String all) {
        stream.send(all.getBytes(StandardCharsets.ISO_8859_1), true);
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
