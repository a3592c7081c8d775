package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.HeadReader;
import io.lambdadispatch.router.engine.Channel;
import io.lambdadispatch.router.engine.DrainReason;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Pool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel as an HTTP exchange that an instance has begun: the body that it sends carries responses, the one that it gets requests. All
 * reading of it is one serial task: while it is parked nothing should come, and an end shows a lost instance; while it is used the
 * response pump reads.
 */
public final class ChannelStream extends Channel implements HttpEnd.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelStream.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final byte[] GO_AWAY =
            ("GET " + ControlPath.GOAWAY_TARGET + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII);

    /**
     * What the instance's client understands, and was told.
     *
     * @param isReusable one request follows another in the same channel, and each message says itself where it ends
     * @param isFramed requests of unknown length come in chunks
     */
    public record Terms(boolean isReusable, boolean isFramed) {}

    /**
     * <pre>
     * OPENING ──▶ IN_USE ──▶ DISMISSED ──▶ OVER
     *                └──────────────────────▲   lost while it was parked
     * </pre>
     */
    private enum Stage {
        /** Its status is being sent. */
        OPENING,
        /** Parked, or with a relay. */
        IN_USE,
        /** The instance was told to go away: wait until it ends its side. */
        DISMISSED,
        OVER
    }

    private final Pool pool;
    private final String id;
    private final HttpEnd end;
    private final Terms terms;
    private final HeadReader headReader;
    private final Reader reader = new Reader();
    private volatile Stage stage = Stage.OPENING;
    private volatile Relay relay;
    private volatile boolean isBroken;
    private volatile boolean isDismissed;

    /** Its end was asked to tell when there is more, and is not read until it does. */
    private volatile boolean isAwaiting;

    private boolean isToldToGo;
    private boolean hasEnded;
    private volatile boolean isTelling;

    /** It came while this was watched as a parked channel, and may be for a request that has got it in the meantime. */
    private HttpEnd.Chunk early;

    private ChannelStream(Pool pool, LambdaInstance instance, String id, HttpEnd end, Terms terms, int maxHeadBytes) {
        super(instance);
        this.pool = pool;
        this.id = id;
        this.end = end;
        this.terms = terms;
        this.headReader = new HeadReader(maxHeadBytes);
    }

    /**
     * Answers an instance's channel request and parks it. The response's status and fields must be set.
     *
     * @param maxHeadBytes largest head of a response, in bytes
     */
    public static void open(Pool pool, LambdaInstance instance, String id, HttpEnd end, Terms terms, int maxHeadBytes) {
        ChannelStream stream = new ChannelStream(pool, instance, id, end, terms, maxHeadBytes);
        end.listener(stream);
        // Only then the pool may know it: nobody may write into it at the same time.
        end.write(false, NOTHING);
    }

    /** The instance's own name for it. */
    String id() {
        return id;
    }

    HttpEnd end() {
        return end;
    }

    HeadReader headReader() {
        return headReader;
    }

    boolean isReusable() {
        return terms.isReusable();
    }

    /** Whether the end of our side is the end of the request. */
    boolean endsWithRequest() {
        return !terms.isReusable() && end.halfCloses();
    }

    RequestFraming framingOf(Exchange exchange) {
        long length = exchange.user().head().bodyLength();
        if (length >= 0) {
            return length == 0 ? RequestFraming.NONE : RequestFraming.COUNTED;
        }
        return terms.isReusable() || terms.isFramed() ? RequestFraming.CHUNKED : RequestFraming.UNTIL_END;
    }

    /** It belongs to that relay from now on, which wakes it when it is ready. */
    void use(Relay next) {
        relay = next;
    }

    boolean isBroken() {
        return isBroken;
    }

    /** Nobody will read. Within the one task. */
    void dropEarly() {
        if (early != null) {
            early.release();
            early = null;
        }
    }

    /** Reads on. Any thread. */
    void wake() {
        reader.wake();
    }

    /** Its next piece, {@code null} when it has to be waited for. To be called by its task only. */
    HttpEnd.Chunk read() throws IOException {
        if (early != null) {
            HttpEnd.Chunk came = early;
            early = null;
            return came;
        }
        HttpEnd.Chunk next = isAwaiting ? null : end.read();
        if (next == null && !isAwaiting) {
            isAwaiting = true;
            end.demand();
        }
        return next;
    }

    /** Within the one task, which another thread is to go on with. */
    void goOnElsewhere(HttpEnd whoLends) {
        reader.goOnElsewhere(whoLends);
    }

    /** The instance has answered that exchange to the end. */
    void answered(Exchange exchange, ResponsePump.Afterwards then) {
        if (then == ResponsePump.Afterwards.REUSE && !isBroken) {
            relay = null;
            switch (pool.reuse(exchange, this)) {
                case PARKED -> reader.wake();
                case DISMISSED -> goAway();
                case OVER -> finish(new IOException("channel " + id + " was given up"));
            }
            return;
        }
        // The relay stays: a part of the request may still be on its way, and is to be given back.
        stage = Stage.OVER;
        if (then == ResponsePump.Afterwards.COMPLETE && !isBroken) {
            end.complete();
        } else {
            end.abort(new IOException("what remains of an exchange in channel " + id + " is not wanted"));
        }
        pool.answered(exchange, this);
    }

    /**
     * That exchange has failed, and this channel with it.
     *
     * @param isToBeReleased whether its slot comes free here
     */
    void failed(Exchange exchange, boolean isToBeReleased) {
        finish(new IOException("the exchange in channel " + id + " has failed"));
        if (isToBeReleased) {
            release(exchange);
        }
    }

    void release(Exchange exchange) {
        pool.released(exchange, this);
    }

    private void finish(IOException why) {
        stage = Stage.OVER;
        end.abort(why);
    }

    @Override
    protected void goAway() {
        isDismissed = true;
        reader.wake();
    }

    @Override
    protected void abort() {
        onGone(new IOException("instance " + instance().id() + " is dead"));
    }

    /** An app that answers badly may do so each time: the log is told once, the figures count all. */
    void logBadResponse(IOException fault) {
        if (instance().answersBadlyAtFirst()) {
            LOG.warn("instance {} channel {}: bad response: {}", instance().id(), id, fault.getMessage());
        } else {
            LOG.debug("instance {} channel {}: bad response: {}", instance().id(), id, fault.getMessage());
        }
    }

    /**
     * A lost connection ends all channels of its instance. The instance is taken out before a slot comes free: the next request in the
     * queue would be given to a channel that is dead as well and only does not know yet.
     */
    void broke(Throwable failure) {
        LOG.debug("instance {} channel {} has failed", instance().id(), id, failure);
        isBroken = true;
        if (end.isConnectionLost(failure)) {
            pool.drain(instance(), DrainReason.DISCONNECTED);
        }
    }

    @Override
    public void onReadable() {
        isAwaiting = false;
        reader.wake();
    }

    @Override
    public void onWritten(Throwable failure) {
        Relay current = relay;
        if (stage == Stage.OPENING) {
            opened(failure);
        } else if (current != null) {
            current.request().written(failure);
        } else {
            if (failure != null) {
                isBroken = true;
            }
            isTelling = false;
            reader.wake();
        }
    }

    private void opened(Throwable failure) {
        if (failure != null) {
            finish(new IOException(failure));
            return;
        }
        stage = Stage.IN_USE;
        if (!pool.opened(this)) {
            isDismissed = true;
        }
        reader.wake();
    }

    @Override
    public void onGone(Throwable why) {
        broke(why);
        tellRelay();
        reader.wake();
    }

    private void tellRelay() {
        Relay current = relay;
        if (current != null) {
            current.end(Ending.CHANNEL_BROKEN);
            current.request().wake();
        }
    }

    private final class Reader extends SerialTask {
        @Override
        protected void advance() {
            Relay current = relay;
            if (current != null) {
                current.response().advance();
            }
            // It may have parked this very moment.
            if (relay == null && stage == Stage.IN_USE) {
                if (isDismissed) {
                    stage = Stage.DISMISSED;
                } else {
                    watch();
                }
            }
            if (stage == Stage.DISMISSED) {
                sendAway();
            }
        }

        /** A parked channel on which anything comes, or that ends, is of no use. */
        private void watch() {
            try {
                while (!isBroken && early == null) {
                    HttpEnd.Chunk unexpected = read();
                    if (unexpected == null) {
                        return;
                    }
                    if (unexpected.isLast() || unexpected.bytes().hasRemaining()) {
                        early = unexpected;
                    } else {
                        unexpected.release();
                    }
                }
            } catch (IOException | RuntimeException e) {
                broke(e);
            }
            if (pool.lost(ChannelStream.this)) {
                dropEarly();
                finish(new IOException("parked channel " + id + " has ended"));
            } else if (isBroken) {
                // It was assigned or dismissed this very moment. Whoever did that wakes this task.
                tellRelay();
            }
        }

        private void sendAway() {
            if (!isToldToGo && !isBroken) {
                isToldToGo = true;
                isTelling = true;
                end.write(end.halfCloses(), ByteBuffer.wrap(GO_AWAY));
            }
            try {
                while (!isBroken && !hasEnded) {
                    HttpEnd.Chunk unwanted = read();
                    if (unwanted == null) {
                        return;
                    }
                    hasEnded = unwanted.isLast();
                    unwanted.release();
                }
            } catch (IOException | RuntimeException e) {
                LOG.debug("channel {} was sent away", id, e);
                isBroken = true;
            }
            if (!isBroken) {
                // What tells the instance may be under way still.
                if (!isTelling) {
                    stage = Stage.OVER;
                    end.complete();
                }
                return;
            }
            dropEarly();
            finish(new IOException("channel " + id + " was sent away"));
        }

        @Override
        protected void crashed() {
            Relay current = relay;
            if (current != null) {
                current.response().crashed();
            } else {
                boolean unused = pool.lost(ChannelStream.this);
                finish(new IOException("channel " + id + " has failed"));
            }
        }

        @Override
        public String toString() {
            return "channel " + id + ' ' + stage;
        }
    }
}
