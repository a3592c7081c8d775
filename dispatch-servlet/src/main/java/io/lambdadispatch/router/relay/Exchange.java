package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import io.lambdadispatch.router.engine.Channel;
import io.lambdadispatch.router.engine.PendingRequest;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A user's request from the front door to its last byte: it waits in a {@link Pool} without a thread, is served through a
 * {@link Relay}, or two when the first instance dies, and ends exactly once.
 */
public final class Exchange extends PendingRequest implements HttpEnd.Listener {
    private static final int REQUEST_TIMEOUT = 408;
    private static final int BAD_GATEWAY = 502;
    private static final int UNAVAILABLE = 503;
    private static final int GATEWAY_TIMEOUT = 504;

    private final RelayContext context;
    private final Pool pool;
    private final HttpEnd user;
    private final HeadWriter head;
    private final int headLength;
    private final RequestRecord record;
    private final RequestSpan span;
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private volatile Relay relay;
    private volatile boolean isUserGone;
    private boolean isRetried;
    private boolean isLastOfConnection;

    private Exchange(
            Pool pool, HttpEnd user, HeadWriter head, RequestRecord record, RequestSpan span, RelayContext context) {
        this.context = context;
        this.pool = pool;
        this.user = user;
        this.head = head;
        this.headLength = head.length();
        this.record = record;
        this.span = span;
    }

    /**
     * Takes a user's request in and returns; the response comes later, on other threads.
     *
     * @throws ProtocolException when the request's head cannot be sent into a channel; nothing has been started then
     */
    public static void begin(Pool pool, HttpEnd user, RelayContext context) throws ProtocolException {
        RequestHead request = user.head();
        HeadWriter head = new HeadWriter(context.maxHeadBytes());
        RequestSpan span = context.spans().begin(request, pool.id());
        String trace = writeHead(request, span, context, head);
        boolean isTraced = context.allowsDebug() && "true".equals(request.field(FieldNames.DEBUG));
        RequestRecord record = new RequestRecord(pool.id(), request, trace, isTraced, context.listener());
        Exchange exchange = new Exchange(pool, user, head, record, span, context);
        RequestTrail.arrived(record);
        user.listener(exchange);
        pool.submit(exchange);
        exchange.leaveIfUserIsGone();
    }

    /** Writes what the user has sent, and returns the field by which the request is known. */
    private static String writeHead(RequestHead request, RequestSpan span, RelayContext context, HeadWriter head)
            throws ProtocolException {
        try {
            UserRequestHead.write(request, context.keptFields(), span.replacedFields(), head);
            String parent = span.traceParent();
            return parent != null ? parent : TraceId.of(request, context.newTrace(), head);
        } catch (ProtocolException e) {
            span.refused(e);
            throw e;
        }
    }

    /** The user may have left before the pool knew this request: nobody could cancel it then. */
    private void leaveIfUserIsGone() {
        if (isUserGone && pool.cancel(this)) {
            discard(RequestOutcome.USER_GONE);
        }
    }

    RelayContext context() {
        return context;
    }

    HttpEnd user() {
        return user;
    }

    /** What is known of it, for the pumps to add to. */
    RequestRecord record() {
        return record;
    }

    boolean isUserGone() {
        return isUserGone;
    }

    @Override
    protected void assigned(Channel channel) {
        ChannelStream stream = (ChannelStream) channel;
        record.assigned(stream.instance().id(), stream.id(), hasWaited());
        span.assigned(record);
        RequestTrail.assigned(record);
        Relay next = new Relay(this, stream);
        // Ours first: once the channel has it, it may break, and this exchange be given the next relay already.
        relay = next;
        stream.use(next);
        next.start();
    }

    @Override
    protected void refused(Refusal why) {
        switch (why) {
            case TIMED_OUT -> respond(RequestOutcome.TIMED_OUT, GATEWAY_TIMEOUT, "No instance was free in time.");
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
        user.field("Retry-After", Long.toString(seconds));
        respond(why, UNAVAILABLE, message);
    }

    /**
     * The user's response has got its status and fields, and is about to be sent.
     *
     * @param isLengthTold whether its head says where it ends
     */
    void responseBegins(int status, boolean isLengthTold) {
        sayIfLast();
        if (!isLengthTold) {
            user.neverEndWithConnection();
        }
        record.responseBegins(status);
        RequestTrail.responseBegins(record);
    }

    /** Over HTTP/1.1 only, where a connection that ends without a word costs the request that its user sends at that moment. */
    private void sayIfLast() {
        if ((isLastOfConnection || context.isLeaving().getAsBoolean())
                && user.head().isHttp1()) {
            user.field(FieldNames.CONNECTION, "close");
        }
    }

    /** The head as it is to travel in a channel of that framing. */
    ByteBuffer headFor(RequestFraming framing) {
        try {
            head.truncate(headLength);
            if (framing == RequestFraming.CHUNKED || framing == RequestFraming.UNTIL_END) {
                head.field(FieldNames.TRANSFER_ENCODING, FieldNames.CHUNKED);
            }
            endHead();
            return head.toBuffer();
        } catch (ProtocolException e) {
            throw new IllegalStateException("a head that was written before cannot be ended", e);
        }
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

    /**
     * The response is whole.
     *
     * @param isUserCut whether the connection cannot be used any more, because its user went on sending for too long
     */
    void complete(boolean isUserCut) {
        if (isEnded.compareAndSet(false, true)) {
            if (isUserCut) {
                user.abort(new UserIdleException());
            } else {
                user.complete();
            }
            ended(RequestOutcome.COMPLETED);
        }
    }

    /** Nobody is there to be told. */
    void discard(RequestOutcome outcome) {
        if (isEnded.compareAndSet(false, true)) {
            user.abort(new IOException("the user's request is over: " + outcome));
            ended(outcome);
        }
    }

    /**
     * Whether it may go to another instance, for the one that had it died before one byte of a response went to the user.
     *
     * @param wasSent whether any byte of the request may have left the router
     */
    boolean isRetryable(boolean wasSent) {
        boolean isSafe = user.head().bodyLength() == 0 && isSafeMethod(record.method());
        return context.retriesSafely() && !isRetried && (isSafe || !wasSent);
    }

    /** Goes to another instance, which gives the channel back too. False when nobody is left to be served. */
    boolean retries() {
        if (isUserGone) {
            return false;
        }
        isRetried = true;
        RequestTrail.retried(record);
        record.retried();
        span.retried();
        relay = null;
        pool.retry(this);
        leaveIfUserIsGone();
        return true;
    }

    /** The user holds it up: RFC 9110 §15.5.9 where they can still be told. */
    void timeOut() {
        if (user.isCommitted()) {
            discard(RequestOutcome.USER_IDLE);
        } else {
            isLastOfConnection = true;
            respond(RequestOutcome.USER_IDLE, REQUEST_TIMEOUT, "The request's body did not come.");
        }
    }

    /** The instance failed this request. */
    void fail(RequestOutcome how) {
        if (user.isCommitted()) {
            discard(how);
        } else {
            respond(how, BAD_GATEWAY, "The instance did not respond properly.");
        }
    }

    /** RFC 9110 §9.2.1. */
    private static boolean isSafeMethod(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    /** The router responds in the instance's place. */
    private void respond(RequestOutcome why, int status, String message) {
        if (isEnded.compareAndSet(false, true)) {
            sayIfLast();
            record.responseBegins(status);
            record.addResponseBytes(RouterResponse.sendText(user, status, message));
            ended(why);
        }
    }

    /** After the user, who waits. */
    private void ended(RequestOutcome outcome) {
        record.end(outcome);
        RequestTrail.ended(record);
        span.ended(record);
        context.listener().ended(record);
    }

    @Override
    public void onReadable() {
        Relay current = relay;
        if (current != null) {
            current.request().readable();
        }
    }

    @Override
    public void onWritten(Throwable failure) {
        Relay current = relay;
        if (current != null) {
            current.response().written(failure);
        }
    }

    @Override
    public void onGone(Throwable why) {
        isUserGone = true;
        Relay current = relay;
        if (current != null) {
            current.userGone();
        } else if (pool.cancel(this)) {
            discard(RequestOutcome.USER_GONE);
        }
    }
}
