package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.router.engine.Channel;
import io.lambdadispatch.router.engine.DrainReason;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Pool;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel as a servlet exchange over HTTP/2: the instance's request body carries an answer, our response body the request.
 * It is the listener of its own container events, from before it is parked until it is completed.
 */
public final class ChannelStream extends Channel implements ReadListener, WriteListener, AsyncListener {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelStream.class);
    private static final byte[] GO_AWAY =
            ("GET " + ControlPath.GOAWAY_TARGET + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII);

    private final Pool pool;
    private final String id;
    private final AsyncContext context;
    private final ServletRequest request;
    private final Container container;
    private final Line line;
    private final boolean isFramed;
    private final ServletInputStream input;
    private final ServletOutputStream output;
    private final ResponsePump responsePump;
    private final AtomicBoolean isAnnounced = new AtomicBoolean();
    private volatile Relay relay;
    private volatile boolean isBroken;
    private volatile boolean isDismissed;

    private ChannelStream(
            Pool pool,
            LambdaInstance instance,
            String id,
            AsyncContext context,
            Container container,
            boolean understandsChunks,
            int maxHeadBytes)
            throws IOException {
        super(instance);
        this.pool = pool;
        this.id = id;
        this.context = context;
        this.request = context.getRequest();
        this.container = container;
        this.line = Line.of(request);
        this.isFramed = understandsChunks && !container.closesOutputEarly();
        this.input = request.getInputStream();
        this.output = context.getResponse().getOutputStream();
        this.responsePump = new ResponsePump(this, maxHeadBytes);
    }

    /**
     * Answers an instance's channel request and parks it. The response's status and fields must be set.
     *
     * @param understandsChunks whether the client announced {@link FieldNames#CHANNEL_FRAMING}
     * @param maxHeadBytes largest head of an answer, in bytes
     * @throws IOException when the stream is gone already
     */
    public static void open(
            Pool pool,
            LambdaInstance instance,
            String id,
            AsyncContext context,
            Container container,
            boolean understandsChunks,
            int maxHeadBytes)
            throws IOException {
        ChannelStream stream =
                new ChannelStream(pool, instance, id, context, container, understandsChunks, maxHeadBytes);
        context.addListener(stream);
        // Both listeners before anybody can use the channel: setting them is no event that a pump could miss.
        stream.output.setWriteListener(stream);
        stream.input.setReadListener(stream);
        if (stream.line != null) {
            stream.line.onHangUp(stream::onError);
        }
        stream.announce();
    }

    /**
     * Sends the status, and only then makes the channel known to the pool: nobody may write into it at the same time. Called
     * until the output is ready for the first time, which on Tomcat takes a callback.
     */
    private void announce() throws IOException {
        if (!output.isReady() || !isAnnounced.compareAndSet(false, true)) {
            return;
        }
        output.flush();
        if (!pool.opened(this)) {
            goAway();
        }
        // What came before the pool knew the channel found nobody to tell.
        responsePump.wake();
    }

    /** The instance's own name for it. */
    String id() {
        return id;
    }

    /** The line to the instance, or {@code null}. */
    Line line() {
        return line;
    }

    ServletInputStream input() {
        return input;
    }

    ServletOutputStream output() {
        return output;
    }

    ResponsePump responsePump() {
        return responsePump;
    }

    Container container() {
        return container;
    }

    boolean closesOutputEarly() {
        return container.closesOutputEarly();
    }

    RequestFraming framingOf(Exchange exchange) {
        if (exchange.bodyLength() >= 0) {
            return exchange.bodyLength() == 0 ? RequestFraming.NONE : RequestFraming.COUNTED;
        }
        return isFramed ? RequestFraming.CHUNKED : RequestFraming.UNTIL_END;
    }

    void use(Relay relay) {
        this.relay = relay;
    }

    Relay relay() {
        return relay;
    }

    boolean isBroken() {
        return isBroken;
    }

    boolean isDismissed() {
        return isDismissed;
    }

    /** True when nobody had it: it is ours to end. */
    boolean lose() {
        return pool.lost(this);
    }

    void answered(Exchange exchange) {
        pool.answered(exchange, this);
    }

    void release(Exchange exchange) {
        pool.released(exchange, this);
    }

    void complete() {
        try {
            context.complete();
        } catch (RuntimeException e) {
            LOG.debug("channel {} was completed by its container", id, e);
        }
    }

    @Override
    protected void goAway() {
        isDismissed = true;
        responsePump.wake();
    }

    /** Whether it is told, or cannot be; if not, a callback will come. */
    boolean sendGoAway() {
        try {
            if (!output.isReady()) {
                return false;
            }
            output.write(GO_AWAY);
            if (container.closesOutputEarly()) {
                output.close();
            } else if (output.isReady()) {
                output.flush();
            }
        } catch (IOException | RuntimeException e) {
            isBroken = true;
        }
        return true;
    }

    @Override
    protected void abort() {
        onError(new IOException("instance " + instance().id() + " is dead"));
    }

    /** Nothing was in it, so nothing can be cut short: a stream that the container has given up already needs no reset. */
    void endUnused() {
        if (isBroken) {
            complete();
        } else {
            reset();
        }
    }

    /** Ends the stream such that the instance sees it fail. */
    void reset() {
        container.abort(context);
    }

    /** An app that answers badly may do so each time: the log is told once, the figures count all. */
    void logBadAnswer(IOException fault) {
        if (instance().answersBadlyAtFirst()) {
            LOG.warn("instance {} channel {}: bad answer: {}", instance().id(), id, fault.getMessage());
        } else {
            LOG.debug("instance {} channel {}: bad answer: {}", instance().id(), id, fault.getMessage());
        }
    }

    @Override
    public void onDataAvailable() {
        responsePump.wake();
    }

    @Override
    public void onAllDataRead() {
        responsePump.wake();
    }

    @Override
    public void onWritePossible() throws IOException {
        if (!isAnnounced.get()) {
            announce();
            return;
        }
        Relay current = relay;
        if (current != null) {
            current.requestPump().wake();
        } else {
            responsePump.wake();
        }
    }

    /** If anything has come that it has told nobody of, it is to do so. */
    void remindContainer() {
        container.tellOfUnread(request);
    }

    /** Whether what seems to be the end of the input is one. */
    boolean endsCleanly() {
        return !container.isReset(request);
    }

    /**
     * A lost connection ends all channels of its instance. The instance is taken out before a slot comes free:
     * the next request in the queue would be given to a channel that is dead as well and only does not know yet.
     */
    void broke(Throwable failure) {
        isBroken = true;
        if (line != null ? line.isLost() : container.isConnectionLost(request, failure)) {
            pool.drain(instance(), DrainReason.DISCONNECTED);
        }
    }

    @Override
    public void onError(Throwable failure) {
        broke(failure);
        Relay current = relay;
        if (current != null) {
            current.end(Ending.CHANNEL_BROKEN);
        }
        responsePump.wake();
    }

    @Override
    public void onError(AsyncEvent event) {
        onError(event.getThrowable());
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        onError(event.getThrowable());
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
