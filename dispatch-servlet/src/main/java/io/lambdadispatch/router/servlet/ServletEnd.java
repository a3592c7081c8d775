package io.lambdadispatch.router.servlet;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.router.relay.Buffers;
import io.lambdadispatch.router.relay.HttpEnd;
import io.lambdadispatch.router.relay.RequestHead;
import io.lambdadispatch.router.relay.SerialTask;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A servlet exchange with non-blocking I/O (Servlet 6.0 §3.11 and §5.7). Containers call listeners at times of their own choosing, and
 * recycle request and response when an exchange is completed. So all that touches the response is one serial task, and every callback means
 * no more than <em>look again</em>. What the specification leaves open, or a container does otherwise, is for subclasses to say.
 */
public abstract class ServletEnd extends SerialTask implements HttpEnd, ReadListener, WriteListener, AsyncListener {
    private static final Logger LOG = LoggerFactory.getLogger(ServletEnd.class);

    private enum Step {
        WRITE,
        /** Makes the container send what it has gathered. */
        FLUSH,
        /** Ends the response while the request goes on. */
        CLOSE,
        /** The container may still be sending from the caller's bytes. */
        AWAIT
    }

    /** What is known of the input since it was last looked at. */
    private enum Demand {
        NONE,
        /** Somebody wants to hear. */
        DEMANDED,
        /** The container has told, and nobody wanted to hear. */
        TOLD
    }

    private final AsyncContext context;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final ServletInputStream input;
    private final ServletOutputStream output;
    private final ServletHead head;
    private final AtomicBoolean isConcluded = new AtomicBoolean();
    private final AtomicReference<Throwable> departure = new AtomicReference<>();
    private final AtomicReference<Demand> demand = new AtomicReference<>(Demand.NONE);
    private Chunk first;
    private volatile Listener listener;
    private volatile Throwable failure;
    private volatile boolean isListening;
    private volatile boolean isAborting;
    private volatile boolean isCommitted;
    private volatile boolean isInputEnded;
    private volatile boolean isAnswered;

    // These belong to the serial task; the writer sets them while nothing is being written.
    private volatile ByteBuffer pending;
    private boolean isLast;
    private boolean isLengthSaid;
    private boolean isChunked;
    private Step step;
    private boolean isAborted;

    /** Begins non-blocking I/O on it; to be called by the servlet that serves it. */
    protected ServletEnd(HttpServletRequest request, HttpServletResponse response) throws IOException {
        this.context = request.startAsync(request, response);
        this.request = request;
        this.response = response;
        this.input = request.getInputStream();
        this.output = response.getOutputStream();
        this.head = new ServletHead(request);
        context.setTimeout(0);
        context.addListener(this);
    }

    /** From now on the container tells it what happens; before that, whoever it is for must hear. */
    void begin() throws IOException {
        isListening = mayListen();
        if (isListening) {
            output.setWriteListener(this);
        }
        beginToRead();
    }

    /** RFC 9112 §6.3: over HTTP/1.1 a request without either field has no body. Over HTTP/2 only the stream's end tells. */
    private void beginToRead() throws IOException {
        boolean isUnknown = head.bodyLength() == RequestHead.UNKNOWN_LENGTH && !head.isHttp1();
        isInputEnded = isUnknown ? hasEnded() : head.bodyLength() == 0;
        if (!isInputEnded) {
            input.setReadListener(this);
            if (isUnknown && endsByReading()) {
                lookAtFirst();
            }
        }
        if (isInputEnded) {
            head.hasNoBody();
        }
    }

    private void lookAtFirst() {
        try {
            Chunk came = read();
            if (came == null || !came.isLast()) {
                first = came;
            }
        } catch (IOException e) {
            gone(e);
        }
    }

    /**
     * Whether the input has ended. Asked twice: Tomcat looks whether anything is left and then whether more can come, and what comes in
     * between together with the end would be lost. When it is asked again the end is known to be there, and all before it.
     */
    private boolean hasEnded() {
        boolean seemsEnded = input.isFinished();
        return seemsEnded && input.isFinished();
    }

    // What containers do differently.

    /** Whether the output can have a listener. If not, the response must be no more than its head: it is written as blocking I/O. */
    protected abstract boolean mayListen();

    /** Whether {@code complete()} sends what the response still holds without blocking the caller. */
    protected abstract boolean completesWithoutBlocking();

    /** Whether what is written is sent without a flush. */
    protected abstract boolean sendsAtOnce();

    /** Writes to an output that is ready, all at once. */
    protected void write(ServletOutputStream to, ByteBuffer bytes) throws IOException {
        int size = bytes.remaining();
        to.write(bytes.array(), bytes.arrayOffset() + bytes.position(), size);
        bytes.position(bytes.limit());
    }

    /** Whether an input does not show that it has ended before it was read to its end. */
    protected abstract boolean endsByReading();

    /** Whether an input that says that nothing is there may have promised no callback, and is to be asked once more. */
    protected abstract boolean mayForgetToTell();

    /** Whether the request's stream was reset although its input seems to have ended. */
    protected abstract boolean isReset();

    /** Whether what nobody has read of a whole body would take room from all other bodies of its connection, for good. */
    protected abstract boolean keepsUnread();

    /** Ends the exchange such that its peer cannot take it for a complete one. */
    protected abstract void abort(AsyncContext aborted);

    /** The container's own request. */
    protected final HttpServletRequest request() {
        return request;
    }

    // The port.

    @Override
    public final RequestHead head() {
        return head;
    }

    @Override
    public final void listener(Listener whoHears) {
        listener = whoHears;
        Throwable why = departure.get();
        if (why != null) {
            whoHears.onGone(why);
        } else if (mayBeCutShort() && isReset()) {
            gone(new IOException("the stream was reset at once"));
        }
    }

    /** Without a body it seems whole, and if its stream was reset already, that is not true. */
    private boolean mayBeCutShort() {
        if (head.bodyLength() != 0 || head.isLengthTold() || head.isHttp1()) {
            return false;
        }
        return switch (head.method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> false;
            default -> true;
        };
    }

    @Override
    public final Chunk read() throws IOException {
        if (isConcluded.get()) {
            throw new IOException("this exchange is over");
        }
        if (first != null) {
            Chunk came = first;
            first = null;
            return came;
        }
        demand.set(Demand.NONE);
        try {
            if (!isReadable()) {
                return hasEnded() ? end() : null;
            }
            byte[] buffer = Buffers.take();
            int size = input.read(buffer);
            if (size < 0) {
                Buffers.give(buffer);
                return end();
            }
            return new Piece(buffer, size);
        } catch (RuntimeException e) {
            // Containers throw nearly anything when a peer has left.
            throw new IOException(e);
        }
    }

    private boolean isReadable() {
        return input.isReady() || (mayForgetToTell() && !input.isFinished() && input.isReady());
    }

    private Chunk end() throws IOException {
        // One that was recycled, because its peer has left, seems to have ended too.
        if (isConcluded.get() || isReset()) {
            throw new IOException("the body broke off");
        }
        isInputEnded = true;
        return new Piece(null, 0);
    }

    /** A part of a buffer. */
    private static final class Piece implements Chunk {
        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

        private byte[] buffer;
        private final ByteBuffer bytes;
        private final boolean isLast;

        /**
         * @param buffer {@code null} for the end
         */
        Piece(byte[] buffer, int size) {
            this.buffer = buffer;
            this.bytes = buffer == null ? NOTHING : ByteBuffer.wrap(buffer, 0, size);
            this.isLast = buffer == null;
        }

        @Override
        public ByteBuffer bytes() {
            return bytes;
        }

        @Override
        public boolean isLast() {
            return isLast;
        }

        @Override
        public void release() {
            if (buffer != null) {
                Buffers.give(buffer);
                buffer = null;
            }
        }

        /** The container may still be sending from it: it is left to the garbage collector. */
        @Override
        public void discard() {
            buffer = null;
        }
    }

    /** A container that said that nothing is there will tell, and may have done so already. */
    @Override
    public final void demand() {
        if (demand.getAndSet(Demand.DEMANDED) == Demand.TOLD) {
            tellReadable();
        }
    }

    /** Containers tell whenever they like: whoever has not asked hears when they do. */
    private void readable() {
        if (demand.getAndSet(Demand.TOLD) == Demand.DEMANDED) {
            tellReadable();
        }
    }

    private void tellReadable() {
        demand.set(Demand.NONE);
        Listener hearing = listener;
        if (hearing != null && !isConcluded.get()) {
            hearing.onReadable();
        }
    }

    @Override
    public final void status(int status) {
        set(() -> response.setStatus(status));
    }

    @Override
    public final void field(String name, String value) {
        if (isSetByContainers(name)) {
            set(() -> response.setHeader(name, value));
        } else {
            set(() -> response.addHeader(name, value));
        }
    }

    private static boolean isSetByContainers(String name) {
        return name.equalsIgnoreCase("Date") || name.equalsIgnoreCase("Server");
    }

    @Override
    public final void contentLength(long length) {
        isLengthSaid = true;
        set(() -> response.setContentLengthLong(length));
    }

    /** For trailers, and be they none, containers send chunks. */
    @Override
    public final void neverEndWithConnection() {
        if ("HTTP/1.1".equals(head.protocol())) {
            set(() -> {
                if (head.field(FieldNames.CONNECTION) != null
                        || "close".equals(response.getHeader(FieldNames.CONNECTION))) {
                    isChunked = true;
                    response.setTrailerFields(() -> null);
                }
            });
        }
    }

    /** A response may have been recycled already, because its peer has left: whoever writes it is told. */
    private void set(Runnable part) {
        if (!isConcluded.get()) {
            try {
                part.run();
            } catch (RuntimeException e) {
                LOG.debug("the response is gone", e);
                gone(e);
            }
        }
    }

    @Override
    public final void write(boolean last, ByteBuffer bytes) {
        if (last && !isCommitted && !isLengthSaid && !isChunked && bytes.hasRemaining()) {
            contentLength(bytes.remaining());
        }
        isCommitted = true;
        isLast = last;
        step = Step.WRITE;
        pending = bytes;
        wake();
    }

    @Override
    protected final void advance() {
        if (failure == null && pending != null && !isConcluded.get()) {
            try {
                send();
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            written(failure);
        }
        if (isAborting && !isAborted) {
            isAborted = true;
            abort(context);
        }
    }

    private void send() throws IOException {
        while (pending != null && (!isListening || output.isReady())) {
            switch (step) {
                case WRITE -> {
                    ByteBuffer bytes = pending;
                    step = afterWrite(bytes.hasRemaining());
                    if (bytes.hasRemaining()) {
                        write(output, bytes);
                    }
                }
                case FLUSH -> {
                    step = Step.AWAIT;
                    output.flush();
                }
                case CLOSE -> {
                    output.close();
                    written(null);
                }
                case AWAIT -> written(null);
            }
        }
    }

    private Step afterWrite(boolean hasBytes) {
        if (isLast && halfCloses() && !isInputEnded) {
            return Step.CLOSE;
        }
        boolean isSent = hasBytes && sendsAtOnce();
        boolean isSentByEnd = isLast && completesWithoutBlocking() && (hasBytes || !hasLengthUnsaid());
        return isSent || isSentByEnd ? Step.AWAIT : Step.FLUSH;
    }

    /** Of a response that ends with its head, containers say that its length is 0, which is not what a {@code GET} would get. */
    private boolean hasLengthUnsaid() {
        int status = response.getStatus();
        return !isLengthSaid
                && (status == HttpServletResponse.SC_NO_CONTENT
                        || status == HttpServletResponse.SC_NOT_MODIFIED
                        || "HEAD".equals(head.method()));
    }

    private void written(Throwable why) {
        if (pending != null) {
            pending = null;
            Listener hearing = listener;
            if (hearing != null) {
                hearing.onWritten(why);
            }
        }
    }

    @Override
    protected final void crashed() {
        gone(new IOException("a write has failed unexpectedly"));
    }

    /** Also when the container has recycled the response already: nobody is left to be told anything. */
    @Override
    public final boolean isCommitted() {
        return isCommitted;
    }

    @Override
    public final void complete() {
        if (isConcluded.compareAndSet(false, true)) {
            isAnswered = true;
            try {
                context.complete();
            } catch (RuntimeException e) {
                LOG.debug("an exchange was completed by its container", e);
            }
        }
    }

    @Override
    public final void abort(Throwable why) {
        if (isConcluded.compareAndSet(false, true)) {
            failure = why;
            isAborting = true;
            wake();
        }
    }

    @Override
    public final void elsewhere(Runnable action) {
        try {
            context.start(action);
        } catch (RuntimeException e) {
            LOG.debug("the container lends no thread", e);
            action.run();
        }
    }

    /** The peer has left; told once. */
    protected final void gone(Throwable why) {
        Throwable told = why == null ? new IOException("the peer has left") : why;
        if (departure.compareAndSet(null, told)) {
            if (failure == null) {
                failure = told;
            }
            Listener hearing = listener;
            if (hearing != null) {
                hearing.onGone(told);
            }
            wake();
        }
    }

    // What the container tells.

    @Override
    public final void onDataAvailable() {
        readable();
    }

    @Override
    public final void onAllDataRead() {
        readable();
    }

    @Override
    public final void onWritePossible() {
        wake();
    }

    @Override
    public final void onError(Throwable why) {
        gone(why);
    }

    @Override
    public final void onError(AsyncEvent event) {
        gone(event.getThrowable());
    }

    @Override
    public final void onTimeout(AsyncEvent event) {
        gone(event.getThrowable());
    }

    /** On the thread that ends it, as late as possible, so that there is hardly time for more to come. */
    @Override
    public final void onComplete(AsyncEvent event) {
        if (isAnswered && head.bodyLength() != 0 && keepsUnread()) {
            dropUnread();
        }
    }

    private void dropUnread() {
        byte[] buffer = Buffers.take();
        try {
            while (input.available() > 0 && input.read(buffer) > 0) {}
        } catch (IOException | RuntimeException e) {
            LOG.debug("the peer's request is gone", e);
        }
        Buffers.give(buffer);
    }

    @Override
    public final void onStartAsync(AsyncEvent event) {}
}
