package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.HeadReader;
import io.lambdadispatch.protocol.ProtocolException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Carries the answer: the channel's input to the user's output. It lives as long as its channel, because an idle channel's input
 * must be watched too: that is how a lost instance shows.
 */
final class ResponsePump extends Pump {
    private enum Stage {
        /** Nobody uses the channel; nothing should come. */
        IDLE,
        HEAD,
        BODY,
        /** All was read; the user may not have all of it. */
        FLUSH,
        /** The instance was told to go away: wait until it ends its side. */
        DISMISSED,
        /** It broke before anybody used it. */
        UNUSED,
        /** The relay is over, but the user has not taken all that was written to him. */
        LEAVING,
        STOPPED
    }

    private static final long UNKNOWN = -1;

    private final ChannelStream channel;
    private final ServletInputStream channelRequest;
    private final int maxHeadBytes;
    private Stage stage = Stage.IDLE;
    private Relay relay;
    private ServletOutputStream userResponse;
    private HeadReader headReader;
    private int pendingOffset;
    private int pendingSize;
    private long remaining = UNKNOWN;
    private volatile boolean isHeadApplied;
    private volatile boolean isSeen;
    private boolean isToldToGo;

    ResponsePump(ChannelStream channel, int maxHeadBytes) {
        this.channel = channel;
        this.channelRequest = channel.input();
        this.maxHeadBytes = maxHeadBytes;
    }

    /** Whether the user holds it up, who does not take the answer. */
    boolean waitsForUser() {
        return waitsFor() == WaitsFor.SINK;
    }

    /** Whether it is the instance, or rather its app, that holds it up. */
    boolean waitsForInstance() {
        return waitsFor() != WaitsFor.SINK;
    }

    /** Whether the user's response has been given the answer's head. */
    boolean isHeadApplied() {
        return isHeadApplied;
    }

    /** Whether the user may have seen anything of the answer; known once this pump has stopped. */
    boolean isSeen() {
        return isSeen;
    }

    /** Whether the user has taken an answer of known length to its end; known once this pump has stopped touching him. */
    boolean hasGivenAll() {
        return isHeadApplied && remaining == 0 && pendingSize == 0 && !isUnflushed() && !isCut();
    }

    @Override
    protected void advance() {
        if (stage == Stage.IDLE) {
            leaveIdle();
        }
        if (relay != null && relay.isOver()) {
            stop();
            return;
        }
        switch (stage) {
            case IDLE -> watch();
            case UNUSED -> endUnused();
            case DISMISSED -> discard();
            case HEAD, BODY, FLUSH -> answer();
            case LEAVING, STOPPED -> {}
        }
        if (relay != null && relay.isOver()) {
            stop();
        }
    }

    private void leaveIdle() {
        relay = channel.relay();
        if (relay != null) {
            stage = Stage.HEAD;
            headReader = new HeadReader(maxHeadBytes);
            userResponse = relay.exchange().output();
        } else if (channel.isDismissed()) {
            stage = Stage.DISMISSED;
        }
    }

    /** An idle channel on which anything comes, or that ends, is of no use. */
    private void watch() {
        boolean isQuiet;
        try {
            isQuiet = !channel.isBroken() && !channelRequest.isReady() && !channelRequest.isFinished();
        } catch (RuntimeException e) {
            isQuiet = false;
        }
        if (!isQuiet && channel.lose()) {
            stage = Stage.UNUSED;
            endUnused();
        }
        // Not lost: it was assigned or dismissed this very moment, and whoever did that will wake this pump.
    }

    private void endUnused() {
        if (isQuiet(channel.output(), channel.line())) {
            stage = Stage.STOPPED;
            channel.endUnused();
        }
    }

    private void discard() {
        isToldToGo = isToldToGo || channel.sendGoAway();
        boolean hasEnded = channel.isBroken();
        try {
            while (!hasEnded && channelRequest.isReady()) {
                hasEnded = channelRequest.read(buffer()) < 0;
            }
            hasEnded |= hasEnded(channelRequest);
        } catch (IOException | RuntimeException e) {
            hasEnded = true;
        }
        releaseBuffer();
        if (hasEnded && (isToldToGo || channel.isBroken())) {
            stage = Stage.STOPPED;
            channel.complete();
        }
    }

    private void answer() {
        if (stage == Stage.HEAD && readHead()) {
            stage = Stage.BODY;
        }
        if (stage == Stage.BODY && writePending() && transfer(channelRequest, userResponse) == Progress.SOURCE_ENDED) {
            bodyEnded();
        }
        if (stage == Stage.FLUSH) {
            finish();
        }
    }

    private boolean readHead() {
        try {
            while (isReadable(channelRequest)) {
                int size = channelRequest.read(buffer());
                if (size < 0) {
                    endedEarly();
                    return false;
                }
                channel.instance().heard();
                if (readHead(ByteBuffer.wrap(buffer(), 0, size))) {
                    return true;
                }
            }
            if (hasEnded(channelRequest)) {
                endedEarly();
            }
            releaseBuffer();
        } catch (ProtocolException e) {
            channel.logBadAnswer(e);
            relay.end(Ending.BAD_ANSWER);
        } catch (IOException | RuntimeException e) {
            channel.broke(e);
            relay.end(Ending.CHANNEL_BROKEN);
        }
        return false;
    }

    private boolean readHead(ByteBuffer bytes) throws ProtocolException {
        while (headReader.read(bytes)) {
            Head head = headReader.head();
            int status = head.status();
            if (status == HttpServletResponse.SC_SWITCHING_PROTOCOLS || !UserResponseHead.isInterim(status)) {
                apply(status, head);
                pendingOffset = bytes.position();
                pendingSize = bytes.remaining();
                return true;
            }
            headReader.reset();
        }
        return false;
    }

    private void apply(int status, Head head) throws ProtocolException {
        isHeadApplied = true;
        long length = UserResponseHead.apply(head, relay.exchange().response());
        boolean hasNoBody = UserResponseHead.hasNoBody(status, relay.exchange().method());
        remaining = hasNoBody ? 0 : length;
        relay.exchange().answerBegins(status, remaining != UNKNOWN);
        headReader = null;
        markUnflushed();
    }

    /** What came in one piece with the head. */
    private boolean writePending() {
        if (pendingSize == 0) {
            return true;
        }
        if (!isReady(userResponse)) {
            waitFor(WaitsFor.SINK);
            return false;
        }
        int size = pendingSize;
        pendingSize = 0;
        return write(pendingOffset, size);
    }

    @Override
    protected void accept(byte[] bytes, int offset, int size) throws IOException {
        channel.instance().heard();
        relay.moved();
        if (remaining != UNKNOWN) {
            if (size > remaining) {
                throw new ProtocolException("answer is longer than it says");
            }
            remaining -= size;
        }
        relay.exchange().record().addResponseBytes(size);
        userResponse.write(bytes, offset, size);
    }

    private void bodyEnded() {
        if (remaining > 0 || (remaining == UNKNOWN && !channel.endsCleanly())) {
            endedEarly();
        } else {
            stage = Stage.FLUSH;
        }
    }

    private void endedEarly() {
        channel.broke(null);
        relay.end(Ending.CHANNEL_BROKEN);
    }

    private void finish() {
        if (!isReady(userResponse)) {
            waitFor(WaitsFor.SINK);
            // The user is slow, but the instance is done: its slot need not wait for him.
            relay.answerReceived();
            return;
        }
        if (isUnflushed() && !channel.container().completesWithoutBlocking()) {
            if (!flush(userResponse) || !isReady(userResponse)) {
                waitFor(WaitsFor.SINK);
                return;
            }
        }
        releaseBuffer();
        relay.end(Ending.COMPLETED);
    }

    private void stop() {
        switch (stage) {
            case STOPPED -> {}
            case LEAVING -> {
                if (isQuiet(userResponse, relay.exchange().line())) {
                    stage = Stage.STOPPED;
                    relay.userLetGo();
                }
            }
            default -> leave();
        }
    }

    private void leave() {
        if (isQuiet(userResponse, relay.exchange().line())) {
            stage = Stage.STOPPED;
            isSeen = isHeadApplied && relay.exchange().isCommitted();
            relay.pumpStopped();
        } else {
            isSeen = true;
            stage = Stage.LEAVING;
            relay.channelLetGo();
        }
    }

    @Override
    protected Container container() {
        return channel.container();
    }

    @Override
    protected void elsewhere(Runnable action) {
        relay.exchange().elsewhere(action);
    }

    @Override
    protected void sourceFailed(IOException failure) {
        channel.broke(failure);
        relay.end(Ending.CHANNEL_BROKEN);
    }

    @Override
    protected void sinkFailed(IOException failure) {
        if (failure instanceof ProtocolException) {
            channel.logBadAnswer(failure);
            relay.end(Ending.BAD_ANSWER);
        } else {
            relay.end(Ending.USER_GONE);
        }
    }

    @Override
    protected void crashed() {
        if (relay != null) {
            relay.end(Ending.CHANNEL_BROKEN);
        } else {
            channel.lose();
            stage = Stage.STOPPED;
        }
    }
}
