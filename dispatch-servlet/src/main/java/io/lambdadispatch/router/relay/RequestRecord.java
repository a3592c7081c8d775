package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.TraceField;

/**
 * What is known of one user's request: filled in while it runs, by whoever runs it, and told to the {@link RequestListener} when
 * it has ended. Until then it goes from thread to thread with the request itself; after that it never changes.
 */
public final class RequestRecord {
    private static final long NEVER = -1;

    private final String pool;
    private final String method;
    private final String path;
    private final String query;
    private final String protocol;
    private final String traceField;
    private final boolean isTraced;
    private final long arrivedAtNanos = System.nanoTime();

    private long arrivedAtMillis;
    private String address;
    private String referrer;
    private String userAgent;

    private String instance;
    private String channel;
    private boolean hasWaited;
    private boolean isRetried;
    private long queuedNanos = NEVER;
    private long firstByteNanos = NEVER;
    private long totalNanos;
    private long requestBytes;
    private long responseBytes;
    private int status;
    private RequestOutcome outcome;

    /**
     * A request that has just come.
     *
     * @param pool {@code null} when it reaches none
     * @param traceField value of the field with its trace id, or {@code null}
     * @param isTraced whether the log is to tell each step of it
     */
    RequestRecord(String pool, RequestHead request, String traceField, boolean isTraced, RequestListener listener) {
        this.pool = pool;
        this.method = request.method();
        this.path = request.path();
        this.query = request.query();
        this.protocol = request.protocol();
        this.traceField = traceField;
        this.isTraced = isTraced;
        if (listener.wantsUser()) {
            arrivedAtMillis = System.currentTimeMillis();
            address = request.remoteAddress();
            referrer = request.field("Referer");
            userAgent = request.field("User-Agent");
        }
    }

    /** Tells of a request that the front door has answered itself, because it may not reach a pool. */
    public static void rejected(RequestHead request, int status, RequestListener listener) {
        RequestRecord record = new RequestRecord(null, request, null, false, listener);
        record.status = status;
        record.end(RequestOutcome.REJECTED);
        listener.ended(record);
    }

    void assigned(String instance, String channel, boolean hasWaited) {
        queuedNanos = sinceArrival();
        this.instance = instance;
        this.channel = channel;
        this.hasWaited = hasWaited;
    }

    void retried() {
        isRetried = true;
        status = 0;
        responseBytes = 0;
        firstByteNanos = NEVER;
    }

    /** For the pump that carries the request, and nobody else. */
    void addRequestBytes(int size) {
        requestBytes += size;
    }

    /** For whoever writes the answer, and nobody else. */
    void addResponseBytes(int size) {
        responseBytes += size;
    }

    /** What was written of an earlier answer is taken back then. */
    void responseBegins(int status) {
        this.status = status;
        responseBytes = 0;
        firstByteNanos = sinceArrival();
    }

    void end(RequestOutcome outcome) {
        this.outcome = outcome;
        totalNanos = sinceArrival();
    }

    private long sinceArrival() {
        return System.nanoTime() - arrivedAtNanos;
    }

    /** Name of the pool; {@code null} when it reached none. */
    public String pool() {
        return pool;
    }

    /** Its method. */
    public String method() {
        return method;
    }

    /** What was asked for, as it was sent. */
    public String target() {
        return query == null ? path : path + '?' + query;
    }

    /** Characters of it. */
    public int targetSize() {
        return query == null ? path.length() : path.length() + 1 + query.length();
    }

    /** Such as {@code HTTP/1.1}. */
    public String protocol() {
        return protocol;
    }

    /** The trace id that travels with it; {@code null} when there is none that is well-formed. */
    public String traceId() {
        return TraceField.id(traceField);
    }

    /** Whether the log tells each step of it. */
    boolean isTraced() {
        return isTraced;
    }

    /** When it came, in ms since the epoch; 0 unless {@link RequestListener#wantsUser}. */
    public long arrivedAtMillis() {
        return arrivedAtMillis;
    }

    /** The peer's address; {@code null} unless {@link RequestListener#wantsUser}. */
    public String address() {
        return address;
    }

    /** {@code Referer}, or {@code null}. */
    public String referrer() {
        return referrer;
    }

    /** {@code User-Agent}, or {@code null}. */
    public String userAgent() {
        return userAgent;
    }

    /** The instance that had it last; {@code null} when none did. */
    public String instance() {
        return instance;
    }

    /** The channel that had it last; {@code null} when none did. */
    public String channel() {
        return channel;
    }

    /** Whether an instance ever had it. */
    public boolean wasAssigned() {
        return queuedNanos != NEVER;
    }

    /** Whether it had to wait in the queue. */
    public boolean hasWaited() {
        return hasWaited;
    }

    /** Whether it was sent to a second instance, because the first one had died. */
    public boolean isRetried() {
        return isRetried;
    }

    /** From its arrival until an instance had it, the one that had it last; -1 when none did. */
    public long queuedNanos() {
        return queuedNanos;
    }

    /** From its arrival until the head of the answer was there; -1 when no answer came. */
    public long firstByteNanos() {
        return firstByteNanos;
    }

    /** From its arrival to its end. */
    public long totalNanos() {
        return totalNanos;
    }

    /** Bytes of its body that went to an instance. */
    public long requestBytes() {
        return requestBytes;
    }

    /** Bytes of the answer's body. */
    public long responseBytes() {
        return responseBytes;
    }

    /** Of the answer, as far as one began; else 0. */
    public int status() {
        return status;
    }

    /** How it ended. */
    public RequestOutcome outcome() {
        return outcome;
    }
}
