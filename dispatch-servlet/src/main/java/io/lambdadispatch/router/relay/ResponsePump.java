package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.ChunkedDecoder;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.HeadReader;
import io.lambdadispatch.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Carries the response: from the channel's end to the user's. It runs as a part of its channel's serial task, until it lets go of the
 * channel.
 */
final class ResponsePump {
    private static final int MOST_READS_A_TURN = 64;
    private static final long UNTIL_END = -1;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /**
     * <pre>
     * HEAD ──▶ BODY ──▶ TAIL ──▶ STOPPED
     *   └───────┴────────┴──────────▲
     * </pre>
     */
    private enum Stage {
        HEAD,
        BODY,
        /** The user has been given all; a channel that carries one request has still to end. */
        TAIL,
        STOPPED
    }

    /** What the channel is good for behind a complete response. */
    enum Afterwards {
        /** It takes the next request. */
        REUSE,
        /** Both sides have ended it. */
        COMPLETE,
        /** One of both sides went on, or said what it should not. */
        RESET
    }

    private final Relay relay;
    private final ChannelStream channel;
    private final HttpEnd user;
    private Stage stage = Stage.HEAD;
    private HttpEnd.Chunk chunk;
    private ByteBuffer bytes;
    private boolean isLastChunk;
    private long remaining = UNTIL_END;
    private ChunkedDecoder decoder;
    private boolean hasNoBody;
    private Afterwards afterwards = Afterwards.RESET;
    private volatile boolean isWriting;
    private volatile Throwable writeFailure;
    private volatile boolean isLastWrite;
    private volatile boolean isHeadApplied;
    private volatile boolean isStopped;

    ResponsePump(Relay relay) {
        this.relay = relay;
        this.channel = relay.channel();
        this.user = relay.exchange().user();
    }

    /** Whether the user holds it up, who does not take the response. */
    boolean waitsForUser() {
        return isWriting;
    }

    /** Whether the user may have seen anything of the response; known once this pump has stopped. */
    boolean isSeen() {
        return isHeadApplied;
    }

    /** Known once this pump has let go of its channel. */
    Afterwards afterwards() {
        return afterwards;
    }

    /** The write under way is over. Any thread. */
    void written(Throwable failure) {
        writeFailure = failure;
        isWriting = false;
        if (isLastWrite) {
            giveBack();
            relay.lastWritten(failure);
            return;
        }
        channel.wake();
        if (isStopped) {
            giveBack();
        }
    }

    /** Goes as far as it can without waiting; called by the channel's task only. */
    void advance() {
        for (int reads = 0; reads < MOST_READS_A_TURN; reads++) {
            if (stage == Stage.STOPPED) {
                return;
            }
            if (stage != Stage.TAIL && relay.isOver()) {
                stop();
                return;
            }
            if (isWriting && stage != Stage.TAIL) {
                return;
            }
            try {
                if (!step()) {
                    return;
                }
            } catch (ProtocolException e) {
                channel.logBadResponse(e);
                fail(Ending.BAD_RESPONSE);
            } catch (IOException | RuntimeException e) {
                channel.broke(e);
                fail(Ending.CHANNEL_BROKEN);
            }
        }
        channel.goOnElsewhere(user);
    }

    /** The whole response was given already, or else this is how it ends. */
    private void fail(Ending how) {
        if (stage == Stage.TAIL) {
            letGo(Afterwards.RESET);
        } else {
            relay.end(how);
            stop();
        }
    }

    /** False when there is nothing to do at present. */
    private boolean step() throws IOException {
        if (stage == Stage.TAIL) {
            return endOneShot();
        }
        if (writeFailure != null) {
            relay.end(Ending.USER_GONE);
            stop();
            return false;
        }
        if (chunk == null && !read()) {
            return false;
        }
        if (stage == Stage.HEAD && !readHead()) {
            if (isLastChunk) {
                throw new IOException("the response ended in its head");
            }
            giveBack();
            return true;
        }
        writeBody();
        return true;
    }

    private boolean read() throws IOException {
        HttpEnd.Chunk next = channel.read();
        if (next == null) {
            return false;
        }
        channel.instance().heard();
        chunk = next;
        bytes = next.bytes();
        isLastChunk = next.isLast();
        return true;
    }

    private boolean readHead() throws ProtocolException {
        HeadReader reader = channel.headReader();
        while (reader.read(bytes)) {
            Head head = reader.head();
            int status = head.status();
            if (ResponseHead.isSkipped(status)) {
                reader.reset();
                continue;
            }
            begin(status, head);
            stage = Stage.BODY;
            return true;
        }
        return false;
    }

    private void begin(int status, Head head) throws ProtocolException {
        ResponseHead.check(status);
        hasNoBody = ResponseHead.hasNoBody(status, user.head().method());
        long length = head.contentLength();
        if (hasNoBody) {
            remaining = 0;
        } else if (length >= 0) {
            remaining = length;
        } else if (channel.isReusable()) {
            if (!head.isChunked()) {
                throw new ProtocolException("response in a channel that stays, without a length or chunks");
            }
            decoder = new ChunkedDecoder();
        }
    }

    /** As late as possible: of a response that turns out to be bad before anything was written, nothing must be left at the user's end. */
    private void applyHead() throws ProtocolException {
        HeadReader reader = channel.headReader();
        Head head = reader.head();
        int status = head.status();
        ResponseHead.apply(status, head, user);
        isHeadApplied = true;
        relay.exchange().responseBegins(status, hasNoBody || head.contentLength() >= 0);
        reader.reset();
    }

    /** Writes the next piece, if only the head; the last one as soon as it is known to be that. */
    private void writeBody() throws IOException {
        ByteBuffer piece = nextPiece();
        boolean isLast = isAll();
        boolean isHeadDue = !isHeadApplied && !bytes.hasRemaining();
        boolean isDue = isLast || piece.hasRemaining() || isHeadDue;
        if (isDue && !isHeadApplied) {
            applyHead();
        }
        if (isLast) {
            writeLast(piece);
        } else if (isDue) {
            write(false, piece);
        } else if (!bytes.hasRemaining()) {
            giveBack();
            if (isLastChunk) {
                throw new IOException("the response ended too early");
            }
        }
    }

    private void write(boolean last, ByteBuffer piece) {
        if (piece.hasRemaining()) {
            relay.moved();
            relay.exchange().record().addResponseBytes(piece.remaining());
        }
        isWriting = true;
        try {
            user.write(last, piece);
        } catch (RuntimeException e) {
            written(e);
        }
    }

    private ByteBuffer nextPiece() throws ProtocolException {
        if (decoder != null) {
            ByteBuffer data = decoder.next(bytes);
            decoder.skipFraming(bytes);
            return data;
        }
        if (remaining == UNTIL_END) {
            return bytes;
        }
        if (bytes.remaining() <= remaining) {
            remaining -= bytes.remaining();
            return bytes;
        }
        if (!hasNoBody) {
            throw new ProtocolException("response is longer than it says");
        }
        return NOTHING;
    }

    private boolean isAll() {
        if (decoder != null) {
            return decoder.isDone();
        }
        return remaining == UNTIL_END ? isLastChunk : remaining == 0;
    }

    /**
     * The instance is done, whether or not the user is: the channel need not wait for them. Before the write, which may end the exchange on
     * another thread.
     */
    private void writeLast(ByteBuffer piece) {
        boolean isMore = (decoder != null || hasNoBody) && bytes.hasRemaining();
        boolean isEnded = isLastChunk;
        if (!relay.complete()) {
            stop();
            return;
        }
        isLastWrite = true;
        write(true, piece);
        relay.userLetGo();
        if (channel.isReusable()) {
            letGo(isMore || isEnded ? Afterwards.RESET : Afterwards.REUSE);
        } else if (isEnded) {
            letGo(isMore && !hasNoBody ? Afterwards.RESET : Afterwards.COMPLETE);
        } else {
            stage = Stage.TAIL;
        }
    }

    /** Bytes behind a response without a body, as a peer sends them that gzips nothing, are dropped. */
    private boolean endOneShot() throws IOException {
        if (channel.isBroken()) {
            letGo(Afterwards.RESET);
            return false;
        }
        HttpEnd.Chunk more = channel.read();
        if (more == null) {
            return false;
        }
        boolean isUnwanted = more.bytes().hasRemaining() && !hasNoBody;
        boolean isLast = more.isLast();
        more.release();
        if (isUnwanted) {
            throw new ProtocolException("response is longer than it says");
        }
        if (isLast) {
            letGo(Afterwards.COMPLETE);
        }
        return true;
    }

    private void letGo(Afterwards then) {
        afterwards = then;
        stage = Stage.STOPPED;
        relay.channelLetGo();
    }

    private void stop() {
        stage = Stage.STOPPED;
        isStopped = true;
        channel.dropEarly();
        if (!isWriting) {
            giveBack();
        }
        relay.channelLetGo();
        relay.userLetGoUnwritten();
    }

    /** By whoever comes first of two: the one who stops, and the one whose write is over. */
    private void giveBack() {
        HttpEnd.Chunk given;
        synchronized (this) {
            given = chunk;
            chunk = null;
        }
        if (given == null) {
            return;
        }
        if (writeFailure == null) {
            given.release();
        } else {
            given.discard();
        }
    }

    /** A fault of ours. */
    void crashed() {
        if (stage != Stage.STOPPED) {
            fail(Ending.CHANNEL_BROKEN);
        }
    }
}
