package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import io.lambdadispatch.router.engine.Channel;
import io.lambdadispatch.router.engine.PendingRequest;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.Refusal;
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
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user's request from the front door to its last byte, and the listener of its own container events. It waits in a
 * {@link Pool} without a thread, is served through a {@link Relay}, and is ended exactly once.
 */
public final class Exchange extends PendingRequest implements ReadListener, WriteListener, AsyncListener {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final RelaySettings settings;
    private final Pool pool;
    private final Container container;
    private final AsyncContext context;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Line line;
    private final ServletInputStream input;
    private final ServletOutputStream output;
    private final String method;
    private final long bodyLength;
    private final HeadWriter head;
    private final int headLength;
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private volatile Relay relay;
    private volatile boolean isUserGone;
    private final RequestRecord record;
    private final RequestSpan span;
    private boolean isRetried;
    private boolean isLastOfConnection;
    private volatile boolean isAnswered;

    private Exchange(
            Pool pool,
            Container container,
            AsyncContext context,
            HeadWriter head,
            RequestRecord record,
            RequestSpan span,
            RelaySettings settings)
            throws IOException {
        this.settings = settings;
        this.pool = pool;
        this.container = container;
        this.context = context;
        this.request = (HttpServletRequest) context.getRequest();
        this.response = (HttpServletResponse) context.getResponse();
        this.line = Line.of(request);
        this.input = request.getInputStream();
        this.output = response.getOutputStream();
        this.method = request.getMethod();
        this.bodyLength = bodyLength(request, input);
        this.head = head;
        this.headLength = head.length();
        this.record = record;
        this.span = span;
    }

    /**
     * Takes a user's request in and returns; it is answered later, on other threads.
     *
     * @throws ProtocolException when the request's head cannot be sent into a channel; nothing has been started then
     */
    public static void begin(
            Pool pool,
            Container container,
            HttpServletRequest request,
            HttpServletResponse response,
            RelaySettings settings)
            throws IOException {
        HeadWriter head = new HeadWriter(settings.maxHeadBytes());
        RequestSpan span = settings.spans().begin(request, pool.id());
        String trace = writeHead(request, span, settings, head);
        boolean isTraced = settings.allowsDebug() && "true".equals(request.getHeader(FieldNames.DEBUG));
        RequestRecord record = new RequestRecord(pool.id(), request, trace, isTraced, settings.listener());
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(0);
        Exchange exchange = new Exchange(pool, container, context, head, record, span, settings);
        exchange.tellArrival();
        context.addListener(exchange);
        exchange.output.setWriteListener(exchange);
        if (exchange.bodyLength != 0) {
            exchange.input.setReadListener(exchange);
        }
        if (exchange.line != null) {
            exchange.line.onHangUp(exchange::onError);
        }
        if (exchange.mayBeCutShort() && exchange.isReset()) {
            exchange.isUserGone = true;
        }
        pool.submit(exchange);
        exchange.leaveIfUserIsGone();
    }

    /** Writes what the user has sent, and returns the field by which his request is known. */
    private static String writeHead(
            HttpServletRequest request, RequestSpan span, RelaySettings settings, HeadWriter head)
            throws ProtocolException {
        try {
            UserRequestHead.write(request, settings.keptFields(), span.replacedFields(), head);
            String parent = span.traceParent();
            return parent != null ? parent : TraceId.of(request, settings.newTrace(), head);
        } catch (ProtocolException e) {
            span.refused(e);
            throw e;
        }
    }

    /** Without a body it seems whole, and if its stream was reset already, that is not true. */
    private boolean mayBeCutShort() {
        return bodyLength == 0 && request.getContentLengthLong() < 0 && !isSafeMethod(method);
    }

    /** Whether what seems to be the end of the input is none. */
    boolean isReset() {
        return container.isReset(request);
    }

    /** If anything has come that it has told nobody of, it is to do so. */
    void remindContainer() {
        container.tellOfUnread(request);
    }

    /** Whether the user has left and nobody was told: containers drop such news now and then. */
    boolean hasUserLeftUnnoticed() {
        return line == null && container.isGone(request);
    }

    /** The user may have left before the pool knew this request: nobody could cancel it then. */
    private void leaveIfUserIsGone() {
        if (isUserGone && pool.cancel(this)) {
            discard(RequestOutcome.USER_GONE);
        }
    }

    /** RFC 9112 §6.3: over HTTP/1.1 a request without either field has no body. Over HTTP/2 only the stream's end tells. */
    private static long bodyLength(HttpServletRequest request, ServletInputStream input) {
        long length = request.getContentLengthLong();
        if (length >= 0) {
            return length;
        }
        boolean hasNone =
                isHttp1(request) ? request.getHeader(FieldNames.TRANSFER_ENCODING) == null : Pump.hasEnded(input);
        return hasNone ? 0 : -1;
    }

    private static boolean isHttp1(HttpServletRequest request) {
        return request.getProtocol().startsWith("HTTP/1");
    }

    /** Whether the steps of this request are logged: at INFO where its user has asked for it, else at DEBUG. */
    private boolean isTold() {
        return record.isTraced() || LOG.isDebugEnabled();
    }

    private void tell(String step, Object... details) {
        if (record.isTraced()) {
            LOG.info("request {}: " + step, traced(details));
        } else {
            LOG.debug("request {}: " + step, traced(details));
        }
    }

    private Object[] traced(Object... details) {
        Object[] all = new Object[details.length + 1];
        all[0] = record.traceId() == null ? "without a trace id" : record.traceId();
        System.arraycopy(details, 0, all, 1, details.length);
        return all;
    }

    private void tellArrival() {
        if (isTold()) {
            tell("{} {} for pool {}", method, record.target(), pool.id());
        }
    }

    @Override
    protected void assigned(Channel channel) {
        ChannelStream stream = (ChannelStream) channel;
        record.assigned(stream.instance().id(), stream.id(), hasWaited());
        span.assigned(record);
        if (isTold()) {
            String instance = record.instance();
            tell("given to instance {} channel {} after {} ms", instance, stream.id(), millis(record.queuedNanos()));
        }
        Relay next = new Relay(this, stream);
        // Ours first: once the channel has it, it may break, and this exchange be given the next relay already.
        relay = next;
        stream.use(next);
        next.start();
    }

    private static double millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos) / 1_000.0;
    }

    @Override
    protected void refused(Refusal why) {
        switch (why) {
            case TIMED_OUT ->
                answer(
                        RequestOutcome.TIMED_OUT,
                        HttpServletResponse.SC_GATEWAY_TIMEOUT,
                        "No instance was free in time.");
            case QUEUE_FULL -> unavailable(RequestOutcome.QUEUE_FULL, "Too many requests are waiting.");
            case UNAVAILABLE -> unavailable(RequestOutcome.UNAVAILABLE, "No instance can be started at present.");
            case SHUTTING_DOWN -> {
                isLastOfConnection = true;
                unavailable(RequestOutcome.SHUTTING_DOWN, "This router is shutting down.");
            }
        }
    }

    private void unavailable(RequestOutcome why, String message) {
        long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(pool.retryAfterNanos());
        answer(why, HttpServletResponse.SC_SERVICE_UNAVAILABLE, message, Long.toString(seconds));
    }

    /** What is known of it, for the pumps to add to. */
    RequestRecord record() {
        return record;
    }

    /**
     * The head of an answer is there.
     *
     * @param isLengthTold whether it says where the answer ends
     */
    void answerBegins(int status, boolean isLengthTold) {
        boolean isLast = sayIfLast();
        if (!isLengthTold && (isLast || request.getHeader("Connection") != null)) {
            endInChunks();
        }
        record.answerBegins(status);
        if (isTold()) {
            tell("answer {} begins after {} ms", status, millis(record.firstByteNanos()));
        }
    }

    /** Over HTTP/1.1 only, where a connection that ends without a word costs the request that its user sends at that moment. */
    private boolean sayIfLast() {
        boolean isLast = (isLastOfConnection || settings.isLeaving().getAsBoolean()) && isHttp1(request);
        if (isLast) {
            response.setHeader("Connection", "close");
        }
        return isLast;
    }

    /**
     * Where a connection ends behind an answer, containers let its end be the answer's, and one that breaks off would look whole
     * (RFC 9112 §6.3). For trailers, and be they none, they send chunks.
     */
    private void endInChunks() {
        if (request.getProtocol().equals("HTTP/1.1")) {
            response.setTrailerFields(() -> null);
        }
    }

    HttpServletResponse response() {
        return response;
    }

    /** The line to the user, or {@code null}. */
    Line line() {
        return line;
    }

    ServletInputStream input() {
        return input;
    }

    ServletOutputStream output() {
        return output;
    }

    String method() {
        return method;
    }

    /** Bytes of the body; 0 when there is none, -1 when only its end tells. */
    long bodyLength() {
        return bodyLength;
    }

    boolean isUserGone() {
        return isUserGone;
    }

    /** Writes the head as it is to travel in a channel of that framing. */
    void writeHead(ServletOutputStream channelResponse, RequestFraming framing) throws IOException {
        head.truncate(headLength);
        if (framing == RequestFraming.CHUNKED) {
            head.field(FieldNames.TRANSFER_ENCODING, FieldNames.CHUNKED);
        }
        endHead();
        channelResponse.write(head.array(), 0, head.length());
    }

    /** Without the span's fields where they do not fit: no request fails for what its user has not sent. */
    private void endHead() throws ProtocolException {
        int length = head.length();
        try {
            span.write(head);
            head.end();
        } catch (ProtocolException e) {
            head.truncate(length).end();
        }
    }

    /** Has one of the container's threads do it; this one where there is none any more. */
    void elsewhere(Runnable action) {
        try {
            context.start(action);
        } catch (RuntimeException e) {
            LOG.debug("the container lends no thread", e);
            action.run();
        }
    }

    /** The answer is whole. */
    void complete() {
        end(RequestOutcome.COMPLETED, this::completeContext);
    }

    private void completeContext() {
        isAnswered = true;
        context.complete();
    }

    /** The user left: nobody is there to be told. */
    void discard(RequestOutcome outcome) {
        end(outcome, () -> container.abort(context));
    }

    /**
     * Whether it may go to another instance, for the one that had it died before one byte of an answer went to the user.
     *
     * @param wasSent whether any byte of the request may have left the router
     */
    boolean isRetryable(boolean wasSent) {
        boolean isSafe = bodyLength == 0 && isSafeMethod(method);
        return settings.retriesSafely() && !isRetried && (isSafe || !wasSent);
    }

    /**
     * Goes to another instance, which gives the channel back too. False when nobody is left to be served.
     *
     * @param isHeadApplied whether the head of the answer that failed is to be taken back
     */
    boolean retries(boolean isHeadApplied) {
        if (isUserGone || (isHeadApplied && !forgetHead())) {
            return false;
        }
        isRetried = true;
        if (isTold()) {
            tell("instance {} is gone: to be sent to another one", record.instance());
        }
        record.retried();
        span.retried();
        relay = null;
        pool.retry(this);
        leaveIfUserIsGone();
        return true;
    }

    /** But for what the front door has said about the connection. */
    private void resetResponse() {
        String connection = response.getHeader(FieldNames.CONNECTION);
        response.reset();
        if ("close".equals(connection)) {
            response.setHeader(FieldNames.CONNECTION, connection);
        }
    }

    private boolean forgetHead() {
        try {
            resetResponse();
            if (container.resetEndsNonBlocking()) {
                output.setWriteListener(this);
            }
            return true;
        } catch (RuntimeException e) {
            LOG.debug("the user's response is gone", e);
            return false;
        }
    }

    IdleWatch idleWatch() {
        return settings.idleWatch();
    }

    /** The user holds it up: RFC 9110 §15.5.9 where he can still be told. */
    void timeOut() {
        if (isCommitted()) {
            end(RequestOutcome.USER_IDLE, () -> container.abort(context));
        } else {
            isLastOfConnection = true;
            answer(
                    RequestOutcome.USER_IDLE,
                    HttpServletResponse.SC_REQUEST_TIMEOUT,
                    "The request's body did not come.");
        }
    }

    /** The instance failed this request. */
    void fail(RequestOutcome how) {
        if (isCommitted()) {
            end(how, () -> container.abort(context));
        } else {
            answer(how, HttpServletResponse.SC_BAD_GATEWAY, "The instance did not answer properly.");
        }
    }

    /** Also true when the container has recycled the response already: nobody is left to be answered. */
    boolean isCommitted() {
        try {
            return response.isCommitted();
        } catch (RuntimeException e) {
            return true;
        }
    }

    /** RFC 9110 §9.2.1. */
    private static boolean isSafeMethod(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    /** The router answers in the instance's place. */
    private void answer(RequestOutcome why, int status, String message) {
        answer(why, status, message, null);
    }

    private void answer(RequestOutcome why, int status, String message, String retryAfter) {
        end(why, () -> {
            try {
                byte[] body = (message + '\n').getBytes(StandardCharsets.UTF_8);
                // Asked before the reset, after which Tomcat would say no for ever.
                boolean isWritable = output.isReady() || container.resetEndsNonBlocking();
                resetResponse();
                response.setStatus(status);
                response.setContentType("text/plain;charset=utf-8");
                if (retryAfter != null) {
                    response.setHeader("Retry-After", retryAfter);
                }
                sayIfLast();
                response.setContentLength(isWritable ? body.length : 0);
                record.answerBegins(status);
                if (isWritable) {
                    output.write(body);
                    record.addResponseBytes(body.length);
                }
                completeContext();
            } catch (IOException | RuntimeException e) {
                LOG.debug("user left before he could be told {}", status, e);
                container.abort(context);
            }
        });
    }

    private void end(RequestOutcome outcome, Runnable how) {
        if (isEnded.compareAndSet(false, true)) {
            try {
                how.run();
            } catch (RuntimeException e) {
                // Of all kinds: a stream that is reset is recycled under the thread that writes to it.
                LOG.debug("exchange was completed by its container", e);
            }
            // After the user, who waits.
            record.end(outcome);
            if (isTold()) {
                tell(
                        "{} after {} ms: status {}, {} bytes in, {} bytes out",
                        outcome,
                        millis(record.totalNanos()),
                        record.status(),
                        record.requestBytes(),
                        record.responseBytes());
            }
            span.ended(record);
            settings.listener().ended(record);
        }
    }

    private void userGone() {
        isUserGone = true;
        Relay current = relay;
        if (current != null) {
            current.end(Ending.USER_GONE);
        } else if (pool.cancel(this)) {
            discard(RequestOutcome.USER_GONE);
        }
    }

    @Override
    public void onDataAvailable() {
        Relay current = relay;
        if (current != null) {
            current.requestPump().wake();
        }
    }

    @Override
    public void onAllDataRead() {
        onDataAvailable();
    }

    @Override
    public void onWritePossible() {
        Relay current = relay;
        if (current != null) {
            current.channel().responsePump().wake();
        }
    }

    @Override
    public void onError(Throwable failure) {
        userGone();
    }

    @Override
    public void onError(AsyncEvent event) {
        userGone();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        userGone();
    }

    /** On the thread that ends it, as late as possible, so that there is hardly time for more to come. */
    @Override
    public void onComplete(AsyncEvent event) {
        if (isAnswered && bodyLength != 0 && container.keepsUnread(request)) {
            dropUnread();
        }
    }

    private void dropUnread() {
        byte[] buffer = Buffers.take();
        try {
            while (input.available() > 0 && input.read(buffer) > 0) {}
        } catch (IOException | RuntimeException e) {
            LOG.debug("the user's request is gone", e);
        }
        Buffers.give(buffer);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
