package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.ChunkedEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Carries the request: from the user's end to the channel's. One piece is under way at a time; that is the backpressure. */
final class RequestPump extends SerialTask {
    /** Whoever woke this pump has other things to do: a selector other connections, the router's one thread all pools. */
    private static final int MOST_READS_A_TURN = 64;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final byte[] LAST_CHUNK = ChunkedEncoder.last();
    private static final int LARGEST_CHUNK =
            Buffers.SIZE - ChunkedEncoder.PREFIX - ChunkedEncoder.SUFFIX - LAST_CHUNK.length;

    /**
     * <pre>
     * HEAD ──▶ BODY ──▶ END ──▶ SENT ──▶ STOPPED
     *   │       │        │       │          ▲
     *   └───────┴────────┴───────┴──────────┤   the relay is over
     *           └──▶ LINGER ────────────────┘   the user has the response already
     * </pre>
     */
    private enum Stage {
        HEAD,
        BODY,
        /** The body is read; its end is to be told in the way of its framing. */
        END,
        SENT,
        /** What the user still sends is thrown away: who closes a connection on a sender takes the response from them. */
        LINGER,
        STOPPED
    }

    private final Relay relay;
    private final RequestFraming framing;
    private final HttpEnd user;
    private final HttpEnd channel;
    private final boolean endsChannel;
    private Stage stage = Stage.HEAD;
    private long remaining;
    private HttpEnd.Chunk chunk;
    private byte[] frame;
    private boolean isWriting;
    private Throwable writeFailure;
    private volatile boolean hasBegun;
    private volatile boolean isWhole;
    private volatile boolean waitsForUser;
    private volatile boolean lingers;

    /** The user's end was asked to tell when there is more: an end that is asked and read all the same is not done when its request is. */
    private volatile boolean isAwaiting;

    RequestPump(Relay relay, RequestFraming framing) {
        this.relay = relay;
        this.framing = framing;
        this.user = relay.exchange().user();
        this.channel = relay.channel().end();
        this.endsChannel = relay.channel().endsWithRequest();
        this.remaining = user.head().bodyLength();
    }

    /** Whether any byte of the request may have left the router. */
    boolean hasBegun() {
        return hasBegun;
    }

    /** Whether the user holds it up, who has not sent all of the body. */
    boolean waitsForUser() {
        return waitsForUser;
    }

    boolean lingers() {
        return lingers;
    }

    /** Whether all of the request was sent; known once this pump has let go of the channel. */
    boolean isWhole() {
        return isWhole;
    }

    /** The user's end has more, or has ended. Any thread. */
    void readable() {
        isAwaiting = false;
        wake();
    }

    /** The write under way is over. Any thread. */
    void written(Throwable failure) {
        writeFailure = failure;
        isWriting = false;
        wake();
    }

    @Override
    protected void advance() {
        if (writeFailure != null && !isOutOfChannel()) {
            relay.channel().broke(writeFailure);
            relay.end(Ending.CHANNEL_BROKEN);
        }
        if (!isWriting && isOutOfChannel()) {
            giveBack();
        }
        for (int reads = 0; reads < MOST_READS_A_TURN; reads++) {
            if (isWriting && !isToStop()) {
                return;
            }
            if (stage != Stage.LINGER && isToStop()) {
                stop();
            }
            if (!step()) {
                return;
            }
        }
        goOnElsewhere(user);
    }

    private boolean isOutOfChannel() {
        return stage == Stage.STOPPED || stage == Stage.LINGER;
    }

    /** A complete response leaves time to send what is there, so that the channel can be used again. Its peer reads on, as agreed. */
    private boolean isToStop() {
        if (!relay.isOver()) {
            return false;
        }
        boolean isEnding =
                relay.isCompleted() && writeFailure == null && !relay.channel().isBroken();
        boolean isAboutToEnd =
                !isWriting || (stage == Stage.SENT && relay.channel().isReusable());
        return !(isEnding && isAboutToEnd);
    }

    /** False when there is nothing to do at present. */
    private boolean step() {
        switch (stage) {
            case HEAD -> writeHead();
            case BODY -> {
                return writeBody();
            }
            case END -> writeEnd();
            case SENT -> sent();
            case LINGER -> {
                return linger();
            }
            case STOPPED -> {
                return false;
            }
        }
        return true;
    }

    private void writeHead() {
        hasBegun = true;
        boolean isAll = framing == RequestFraming.NONE;
        stage = isAll ? Stage.SENT : Stage.BODY;
        write(isAll && endsChannel, relay.exchange().headFor(framing));
    }

    private void write(boolean last, ByteBuffer bytes) {
        isWriting = true;
        try {
            channel.write(last, bytes);
        } catch (RuntimeException e) {
            written(e);
        }
    }

    private boolean writeBody() {
        if (chunk != null
                && (framing != RequestFraming.CHUNKED || !chunk.bytes().hasRemaining())) {
            chunk.release();
            chunk = null;
        }
        if (chunk == null && !read()) {
            return stage != Stage.BODY;
        }
        int size = chunk.bytes().remaining();
        relay.moved();
        if (framing == RequestFraming.CHUNKED) {
            writeFrames();
            return true;
        }
        if (framing == RequestFraming.COUNTED) {
            remaining -= size;
        }
        boolean isLast = chunk.isLast() || remaining == 0;
        if (framing == RequestFraming.COUNTED && (remaining < 0 || (isLast && remaining > 0))) {
            // Passed on, an excess would be the next request of a channel that stays.
            userGone();
            return true;
        }
        stage = isLast ? Stage.SENT : Stage.BODY;
        if (size > 0 || (isLast && endsChannel)) {
            relay.exchange().record().addRequestBytes(size);
            write(isLast && endsChannel, chunk.bytes());
        }
        return true;
    }

    /** Framed in a buffer of its own, because a piece has no room around it. */
    private void writeFrames() {
        ByteBuffer bytes = chunk.bytes();
        int size = Math.min(bytes.remaining(), LARGEST_CHUNK);
        boolean isLast = chunk.isLast() && size == bytes.remaining();
        if (size == 0) {
            stage = isLast ? Stage.END : stage;
            giveBack();
            return;
        }
        if (frame == null) {
            frame = Buffers.take();
        }
        bytes.get(frame, ChunkedEncoder.PREFIX, size);
        int from = ChunkedEncoder.frame(frame, ChunkedEncoder.PREFIX, size);
        int to = ChunkedEncoder.PREFIX + size + ChunkedEncoder.SUFFIX;
        if (isLast) {
            System.arraycopy(LAST_CHUNK, 0, frame, to, LAST_CHUNK.length);
            to += LAST_CHUNK.length;
            stage = Stage.SENT;
        }
        relay.exchange().record().addRequestBytes(size);
        write(isLast && endsChannel, ByteBuffer.wrap(frame, from, to - from));
    }

    private void writeEnd() {
        stage = Stage.SENT;
        if (framing == RequestFraming.CHUNKED) {
            write(endsChannel, ByteBuffer.wrap(LAST_CHUNK));
        } else if (endsChannel) {
            write(true, NOTHING);
        }
    }

    /** False when nothing is there at present, or the user has left. */
    private boolean read() {
        try {
            chunk = isAwaiting ? null : user.read();
        } catch (IOException | RuntimeException e) {
            userGone();
            return false;
        }
        if (chunk != null) {
            waitForUser(false);
            return true;
        }
        if (relay.isCompleted()) {
            beginToLinger();
        } else {
            waitForUser(true);
            giveBack();
            awaitMore();
        }
        return false;
    }

    private void awaitMore() {
        if (!isAwaiting) {
            isAwaiting = true;
            user.demand();
        }
    }

    /** Most calls cost a read only. */
    private void waitForUser(boolean waits) {
        if (waitsForUser != waits) {
            waitsForUser = waits;
        }
    }

    private void userGone() {
        relay.end(Ending.USER_GONE);
        stop();
    }

    private void sent() {
        giveBack();
        isWhole = true;
        stage = Stage.STOPPED;
        waitForUser(false);
        relay.channelLetGo();
        relay.userLetGo();
    }

    /** An end that keeps the response's own end back meanwhile is left at once; its container knows what to do with such users. */
    private void beginToLinger() {
        if (!user.halfCloses()) {
            letGo();
            return;
        }
        stage = Stage.LINGER;
        lingers = true;
        waitForUser(true);
        relay.channelLetGo();
    }

    private boolean linger() {
        if (!relay.isUserCut() && !relay.exchange().isUserGone()) {
            try {
                HttpEnd.Chunk unwanted = isAwaiting ? null : user.read();
                if (unwanted == null) {
                    awaitMore();
                    return false;
                }
                relay.moved();
                boolean isLast = unwanted.isLast();
                unwanted.release();
                if (!isLast) {
                    return true;
                }
            } catch (IOException | RuntimeException e) {
                // They have the response, or its last write fails.
            }
        }
        stage = Stage.STOPPED;
        waitForUser(false);
        relay.userLetGo();
        return true;
    }

    private void stop() {
        if (stage == Stage.STOPPED) {
            return;
        }
        boolean isUserUnread = relay.isCompleted() && (stage == Stage.BODY || stage == Stage.HEAD);
        if (isUserUnread && framing != RequestFraming.NONE && !relay.isUserCut()) {
            if (!isWriting) {
                giveBack();
            }
            beginToLinger();
            return;
        }
        if (!isWriting) {
            giveBack();
        }
        letGo();
    }

    private void letGo() {
        stage = Stage.STOPPED;
        waitForUser(false);
        relay.channelLetGo();
        relay.userLetGo();
    }

    /** To be called only when nothing is being written any more. */
    private void giveBack() {
        if (chunk != null) {
            if (writeFailure == null) {
                chunk.release();
            } else {
                chunk.discard();
            }
            chunk = null;
        }
        if (frame != null) {
            if (writeFailure == null) {
                Buffers.give(frame);
            }
            frame = null;
        }
    }

    @Override
    protected void crashed() {
        relay.end(Ending.CHANNEL_BROKEN);
        stop();
    }

    @Override
    public String toString() {
        return "request pump in " + stage;
    }
}
