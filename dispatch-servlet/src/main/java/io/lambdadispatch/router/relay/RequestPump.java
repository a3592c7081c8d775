package io.lambdadispatch.router.relay;

import io.lambdadispatch.protocol.ChunkedEncoder;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;

/** Carries the request: the user's input to the channel's output. */
final class RequestPump extends Pump {
    private static final byte[] LAST_CHUNK = ChunkedEncoder.last();

    private enum Stage {
        HEAD,
        BODY,
        /** The channel's output is to be ended, in the way of its framing. */
        END,
        /** The output stays open: what it has gathered is to be sent all the same. */
        FLUSH,
        SENT,
        /** The relay is over, but the channel has not taken all that was written to it. */
        LEAVING,
        STOPPED
    }

    private final Relay relay;
    private final RequestFraming framing;
    private final ServletInputStream userRequest;
    private final ServletOutputStream channelResponse;
    private Stage stage = Stage.HEAD;
    private long remaining;
    private volatile boolean hasBegun;
    private volatile boolean isWhole;

    RequestPump(Relay relay, RequestFraming framing) {
        this.relay = relay;
        this.framing = framing;
        this.userRequest = relay.exchange().input();
        this.channelResponse = relay.channel().output();
        this.remaining = relay.exchange().bodyLength();
    }

    /** Whether any byte of the request may have left the router. */
    boolean hasBegun() {
        return hasBegun;
    }

    /** Whether the user holds it up, who has not sent all of his body. */
    boolean waitsForUser() {
        return waitsFor() == WaitsFor.SOURCE;
    }

    /** Whether the request was read to its end, and can be ended; known once this pump has stopped. */
    boolean isWhole() {
        return isWhole;
    }

    @Override
    protected void advance() {
        if (relay.isOver()) {
            stop();
            return;
        }
        if (stage == Stage.HEAD && isReady(channelResponse) && writeHead()) {
            stage = framing == RequestFraming.NONE ? Stage.END : Stage.BODY;
        }
        if (stage == Stage.BODY && transfer(userRequest, channelResponse) == Progress.SOURCE_ENDED) {
            bodyEnded();
        }
        if (stage == Stage.END && isReady(channelResponse)) {
            endOutput();
        }
        if (stage == Stage.FLUSH && isReady(channelResponse) && flush(channelResponse)) {
            stage = Stage.SENT;
        }
        if (relay.isOver()) {
            stop();
        }
    }

    private boolean writeHead() {
        hasBegun = true;
        try {
            relay.exchange().writeHead(channelResponse, framing);
            markUnflushed();
            return true;
        } catch (IOException | RuntimeException e) {
            channelBroke(e);
            return false;
        }
    }

    private void bodyEnded() {
        boolean isCounted = framing == RequestFraming.COUNTED;
        if (isCounted ? remaining > 0 : relay.exchange().isReset()) {
            relay.end(Ending.USER_GONE);
        } else if (!relay.isOver()) {
            // Asked after the input: one that was recycled meanwhile, because its user is gone, seems to have ended
            // too.
            stage = Stage.END;
            waitFor(WaitsFor.NOTHING);
        }
    }

    private void endOutput() {
        releaseBuffer();
        try {
            if (relay.channel().closesOutputEarly()) {
                stage = Stage.SENT;
                channelResponse.close();
            } else if (framing == RequestFraming.CHUNKED) {
                stage = Stage.FLUSH;
                channelResponse.write(LAST_CHUNK);
            } else {
                stage = Stage.FLUSH;
            }
        } catch (IOException | RuntimeException e) {
            channelBroke(e);
        }
    }

    private void channelBroke(Exception failure) {
        relay.channel().broke(failure);
        relay.end(Ending.CHANNEL_BROKEN);
    }

    private void stop() {
        switch (stage) {
            case STOPPED -> {}
            case LEAVING -> {
                if (isQuiet(channelResponse, relay.channel().line())) {
                    stage = Stage.STOPPED;
                    relay.channelLetGo();
                }
            }
            default -> leave();
        }
    }

    private void leave() {
        boolean isQuiet = (stage == Stage.SENT && relay.isCompleted())
                || isQuiet(channelResponse, relay.channel().line());
        isWhole = stage.compareTo(Stage.END) >= 0 && !isCut() && endsWithoutBlocking();
        if (isQuiet) {
            stage = Stage.STOPPED;
            relay.pumpStopped();
        } else {
            stage = Stage.LEAVING;
            relay.channel().release(relay.exchange());
            relay.userLetGo();
        }
    }

    /** Whether completing the channel's response would not make a thread wait for an instance that takes nothing more. */
    private boolean endsWithoutBlocking() {
        return container().completesWithoutBlocking() || (stage == Stage.SENT && hasTakenAll(channelResponse));
    }

    @Override
    protected Container container() {
        return relay.channel().container();
    }

    @Override
    protected void elsewhere(Runnable action) {
        relay.exchange().elsewhere(action);
    }

    @Override
    protected int readOffset() {
        return framing == RequestFraming.CHUNKED ? ChunkedEncoder.PREFIX : 0;
    }

    @Override
    protected void accept(byte[] bytes, int offset, int size) throws IOException {
        relay.moved();
        relay.exchange().record().addRequestBytes(size);
        if (framing == RequestFraming.CHUNKED) {
            int from = ChunkedEncoder.frame(bytes, offset, size);
            channelResponse.write(bytes, from, offset + size + ChunkedEncoder.SUFFIX - from);
        } else {
            remaining -= size;
            channelResponse.write(bytes, offset, size);
        }
    }

    @Override
    protected void sourceFailed(IOException failure) {
        relay.end(Ending.USER_GONE);
    }

    @Override
    protected void sinkFailed(IOException failure) {
        channelBroke(failure);
    }

    @Override
    protected void crashed() {
        relay.end(Ending.CHANNEL_BROKEN);
    }
}
