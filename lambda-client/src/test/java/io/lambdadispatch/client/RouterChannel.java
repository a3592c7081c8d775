package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.FieldNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncServerExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.ResponseChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.H2StreamResetException;

/** A stream at the scripted router: a channel, a ping or a close. */
final class RouterChannel implements AsyncServerExchangeHandler {
    private enum Kind {
        DATA,
        END,
        RESET
    }

    private record Item(Kind kind, ByteBuffer data) {}

    private final ScriptedRouter router;
    private final Queue<Item> toSend = new ConcurrentLinkedQueue<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
    private volatile DataStreamChannel stream;
    private CapacityChannel capacity;
    private int credit;
    private boolean paused;
    private int taken;
    private int dataFrames;
    HttpRequest request;

    RouterChannel(ScriptedRouter router) {
        this.router = router;
    }

    // What tests do.

    RouterChannel send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RouterChannel send(byte[] bytes) {
        return enqueue(new Item(Kind.DATA, ByteBuffer.wrap(bytes)));
    }

    RouterChannel end() {
        return enqueue(new Item(Kind.END, null));
    }

    RouterChannel reset() {
        return enqueue(new Item(Kind.RESET, null));
    }

    private RouterChannel enqueue(Item item) {
        toSend.add(item);
        DataStreamChannel open = stream;
        if (open != null) {
            open.requestOutput();
        }
        return this;
    }

    /** All of the answer; fails when the stream was reset. */
    byte[] answerBytes() throws Exception {
        return answer.get(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    String answer() throws Exception {
        return new String(answerBytes(), StandardCharsets.ISO_8859_1);
    }

    /**
     * The next response in a channel that stays, as far as it says itself where it ends: its head, and its body unframed.
     *
     * @param toHead whether it has no body whatever it says
     */
    String nextResponse(boolean toHead) throws Exception {
        awaitAnswer(text -> DelimitedResponse.at(text, taken, toHead) != null);
        String text = soFar();
        DelimitedResponse response = DelimitedResponse.at(text, taken, toHead);
        taken = response.end();
        return response.head() + response.body();
    }

    String nextResponse() throws Exception {
        return nextResponse(false);
    }

    /** Bytes behind the responses that were asked for. */
    String rest() {
        return soFar().substring(taken);
    }

    private String soFar() {
        synchronized (received) {
            return received.toString(StandardCharsets.ISO_8859_1);
        }
    }

    int dataFrames() {
        synchronized (received) {
            return dataFrames;
        }
    }

    /** Waits until the stream is reset, or fails when it ends. */
    void awaitReset() {
        ExecutionException failure = assertThrows(ExecutionException.class, this::answerBytes);
        assertInstanceOf(H2StreamResetException.class, failure.getCause());
    }

    /** Waits until the answer so far satisfies the condition. */
    void awaitAnswer(java.util.function.Predicate<String> condition) throws InterruptedException {
        long start = System.nanoTime();
        synchronized (received) {
            while (!condition.test(received.toString(StandardCharsets.ISO_8859_1))) {
                long left = TimeUnit.SECONDS.toMillis(RuntimeRig.PATIENCE_SECONDS)
                        - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                if (left <= 0) {
                    throw new AssertionError("answer so far: " + received.toString(StandardCharsets.ISO_8859_1));
                }
                received.wait(left);
            }
        }
    }

    // What HttpCore tells.

    @Override
    public void handleRequest(HttpRequest head, EntityDetails body, ResponseChannel response, HttpContext context)
            throws HttpException, IOException {
        request = head;
        router.controlRequests.add(head);
        ControlPath path = ControlPath.parse(head.getPath()).orElseThrow();
        switch (path.action()) {
            case PING -> response.sendResponse(new BasicHttpResponse(router.script.pingStatus), null, context);
            case CLOSE -> {
                router.closes.add(head);
                if (router.script.answersClose) {
                    response.sendResponse(new BasicHttpResponse(router.script.closeStatus), null, context);
                }
            }
            case REQUEST -> {
                HttpResponse parkedResponse = new BasicHttpResponse(router.script.channelStatus);
                if (router.script.framesBodies || router.script.reusesChannels) {
                    parkedResponse.addHeader(FieldNames.CHANNEL_FRAMING, FieldNames.CHUNKED);
                }
                if (router.script.reusesChannels) {
                    parkedResponse.addHeader(FieldNames.CHANNEL_REUSE, "1");
                }
                boolean ok = router.script.channelStatus == 200;
                response.sendResponse(parkedResponse, ok ? new BasicEntityDetails(-1, null) : null, context);
                if (ok) {
                    router.park(this);
                }
            }
        }
    }

    @Override
    public int available() {
        return toSend.isEmpty() ? 0 : 1;
    }

    @Override
    public void produce(DataStreamChannel open) throws IOException {
        stream = open;
        for (Item next = toSend.peek(); next != null; next = toSend.peek()) {
            switch (next.kind()) {
                case DATA -> {
                    if (next.data().hasRemaining() && open.write(next.data()) == 0) {
                        return;
                    }
                    if (!next.data().hasRemaining()) {
                        toSend.poll();
                    }
                }
                case END -> {
                    toSend.poll();
                    open.endStream();
                }
                case RESET -> {
                    toSend.poll();
                    throwUnchecked(new ProtocolException("reset by the test"));
                }
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> void throwUnchecked(Exception e) throws E {
        throw (E) e;
    }

    /** Gives no credit any more: the client must stop sending when the window is used up. */
    synchronized void pause() {
        paused = true;
    }

    synchronized void unpause() throws IOException {
        paused = false;
        grant();
    }

    private synchronized void grant() throws IOException {
        if (!paused && capacity != null && credit > 0) {
            int granted = credit;
            credit = 0;
            capacity.update(granted);
        }
    }

    @Override
    public void updateCapacity(CapacityChannel channel) throws IOException {
        synchronized (this) {
            capacity = channel;
        }
        grant();
    }

    @Override
    public void consume(ByteBuffer src) throws IOException {
        synchronized (this) {
            credit += src.remaining();
        }
        synchronized (received) {
            byte[] bytes = new byte[src.remaining()];
            src.get(bytes);
            received.writeBytes(bytes);
            dataFrames++;
            received.notifyAll();
        }
        grant();
    }

    @Override
    public void streamEnd(List<? extends Header> trailers) {
        synchronized (received) {
            answer.complete(received.toByteArray());
        }
    }

    @Override
    public void failed(Exception cause) {
        answer.completeExceptionally(cause);
    }

    @Override
    public void releaseResources() {
        answer.completeExceptionally(new IOException("stream is gone"));
    }
}
