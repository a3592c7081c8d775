package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;

/**
 * One HTTP/2 stream from the side that opened it, in the blocking style of a test. Nothing is taken from the connection before
 * the test reads, so a test that does not read is a slow peer.
 */
public final class H2Stream implements Stream.Listener {
    private final CompletableFuture<MetaData.Response> response = new CompletableFuture<>();
    private final Object monitor = new Object();
    private Stream stream;
    private Stream.Data data;
    private boolean isDemanded;
    private boolean isReadable = true;
    private boolean hasEnded;
    private IOException failure;
    private int resetCode = -1;

    private H2Stream() {}

    static H2Stream open(Session session, MetaData.Request request, boolean endStream) {
        H2Stream opened = new H2Stream();
        opened.stream = Await.value(session.newStream(new HeadersFrame(request, null, endStream), opened));
        return opened;
    }

    static CompletableFuture<H2Stream> openLater(Session session, MetaData.Request request) {
        H2Stream opened = new H2Stream();
        return session.newStream(new HeadersFrame(request, null, false), opened).thenApply(stream -> {
            opened.stream = stream;
            return opened;
        });
    }

    @Override
    public void onHeaders(Stream stream, HeadersFrame frame) {
        synchronized (monitor) {
            if (frame.isEndStream()) {
                hasEnded = true;
                monitor.notifyAll();
            }
        }
        if (frame.getMetaData() instanceof MetaData.Response head && head.getStatus() >= 200) {
            response.complete(head);
        }
    }

    @Override
    public void onDataAvailable(Stream stream) {
        synchronized (monitor) {
            isDemanded = false;
            isReadable = true;
            monitor.notifyAll();
        }
    }

    @Override
    public void onReset(Stream stream, ResetFrame frame, Callback callback) {
        broken(frame.getError(), new IOException("reset by router: " + ErrorCode.toString(frame.getError(), "?")));
        callback.succeeded();
    }

    @Override
    public void onFailure(Stream stream, int error, String reason, Throwable cause, Callback callback) {
        broken(error, new IOException("failed: " + reason, cause));
        callback.succeeded();
    }

    private void broken(int code, IOException why) {
        synchronized (monitor) {
            resetCode = code;
            failure = why;
            monitor.notifyAll();
        }
        response.completeExceptionally(why);
    }

    /** The final head's status. */
    public int status() {
        return Await.value(response).getStatus();
    }

    /** The final head's fields. */
    public HttpFields fields() {
        return Await.value(response).getHttpFields();
    }

    /** Whether the router has sent a final head. */
    public boolean hasStatus() {
        return response.isDone() && !response.isCompletedExceptionally();
    }

    CompletableFuture<Integer> futureStatus() {
        return response.thenApply(MetaData.Response::getStatus);
    }

    /**
     * Waits for bytes.
     *
     * @return how many, -1 at the clean end
     * @throws IOException when the stream was reset or its connection lost
     */
    public int read(byte[] target, int offset, int size) throws IOException {
        long deadline = System.nanoTime() + Await.LONGEST.toNanos();
        synchronized (monitor) {
            while (true) {
                if (data == null && isReadable) {
                    data = stream.readData();
                    isReadable = data != null;
                }
                if (data != null) {
                    return take(target, offset, size);
                }
                if (hasEnded) {
                    return -1;
                }
                if (failure != null) {
                    throw failure;
                }
                demand();
                // It may have told at once, on this very thread.
                if (!isReadable) {
                    await(deadline);
                }
            }
        }
    }

    /** Whether bytes wait to be read. */
    public boolean hasData() {
        synchronized (monitor) {
            if (data == null && isReadable) {
                data = stream.readData();
                isReadable = data != null;
            }
            if (data == null && !hasEnded && failure == null) {
                demand();
            }
            return data != null && data.frame().getByteBuffer().hasRemaining();
        }
    }

    private int take(byte[] target, int offset, int size) throws IOException {
        ByteBuffer bytes = data.frame().getByteBuffer();
        int taken = Math.min(size, bytes.remaining());
        bytes.get(target, offset, taken);
        boolean isLast = data.frame().isEndStream();
        if (bytes.hasRemaining()) {
            return taken;
        }
        data.release();
        data = null;
        if (isLast) {
            hasEnded = true;
            isReadable = false;
        }
        if (taken > 0) {
            return taken;
        }
        return isLast ? -1 : read(target, offset, size);
    }

    private void demand() {
        if (!isDemanded) {
            isDemanded = true;
            stream.demand();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // The caller loops.
    private void await(long deadline) {
        try {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("waited in vain for bytes of " + stream);
            }
            monitor.wait(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** That many bytes, no fewer. */
    public byte[] readExactly(int size) throws IOException {
        byte[] bytes = new byte[size];
        int at = 0;
        while (at < size) {
            int read = read(bytes, at, size - at);
            if (read < 0) {
                throw new AssertionError("ended after " + at + " of " + size + " bytes");
            }
            at += read;
        }
        return bytes;
    }

    /** All bytes to the clean end. */
    public byte[] readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[16 * 1024];
        for (int size = read(some, 0, some.length); size >= 0; size = read(some, 0, some.length)) {
            all.write(some, 0, size);
        }
        return all.toByteArray();
    }

    /** All bytes to the clean end, as text. */
    public String readText() throws IOException {
        return new String(readToEnd(), StandardCharsets.ISO_8859_1);
    }

    /** Sends bytes; the result completes when the router's window and the socket have taken them. */
    public CompletableFuture<Void> sendLater(byte[] bytes, int offset, int size, boolean last) {
        return stream.data(new DataFrame(stream.getId(), ByteBuffer.wrap(bytes, offset, size), last))
                .thenApply(ignored -> null);
    }

    /** Sends bytes and waits until they are gone. */
    public void send(byte[] bytes, boolean last) {
        Await.value(sendLater(bytes, 0, bytes.length, last));
    }

    /** Sends text as ISO-8859-1. */
    public void send(String text) {
        send(text.getBytes(StandardCharsets.ISO_8859_1), false);
    }

    /** Ends our side. */
    public void end() {
        send(new byte[0], true);
    }

    /** Resets the stream; whoever waits for something of it waits no longer. */
    public void reset(ErrorCode code) {
        try {
            Await.value(stream.reset(new ResetFrame(stream.getId(), code.code)));
        } finally {
            broken(code.code, new IOException("reset by ourselves"));
        }
    }

    /** Whether it was reset, or its connection is lost. */
    public boolean isBroken() {
        synchronized (monitor) {
            return failure != null;
        }
    }

    /** Waits until the router resets it; its error code. */
    public int awaitReset() {
        Await.until("the router resets " + stream, this::isBroken);
        synchronized (monitor) {
            return resetCode;
        }
    }
}
