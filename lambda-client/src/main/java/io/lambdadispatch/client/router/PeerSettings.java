package io.lambdadispatch.client.router;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http2.config.H2Param;
import org.apache.hc.core5.http2.frame.FrameFlag;
import org.apache.hc.core5.http2.frame.FrameType;
import org.apache.hc.core5.http2.frame.RawFrame;
import org.apache.hc.core5.http2.impl.nio.H2StreamListener;

/**
 * What the peer says about its connection: its limit of streams, which HttpCore keeps to itself, and that it goes away. Read
 * from the frames, on the reactor thread.
 */
final class PeerSettings implements H2StreamListener {
    private static final int BYTES_PER_SETTING = 6;

    private final IntConsumer maxConcurrentStreams;
    private final Runnable goingAway;
    private boolean seen;

    PeerSettings(IntConsumer maxConcurrentStreams, Runnable goingAway) {
        this.maxConcurrentStreams = maxConcurrentStreams;
        this.goingAway = goingAway;
    }

    @Override
    public void onFrameInput(HttpConnection connection, int streamId, RawFrame frame) {
        if (frame.isType(FrameType.SETTINGS) && !frame.isFlagSet(FrameFlag.ACK)) {
            if (!seen) {
                seen = true;
                maxConcurrentStreams.accept(limitIn(frame.getPayload()));
            }
        } else if (frame.isType(FrameType.GOAWAY)) {
            goingAway.run();
        }
    }

    private static int limitIn(ByteBuffer payload) {
        int limit = Integer.MAX_VALUE;
        if (payload != null) {
            ByteBuffer settings = payload.duplicate();
            while (settings.remaining() >= BYTES_PER_SETTING) {
                int code = settings.getShort();
                int value = settings.getInt();
                if (code == H2Param.MAX_CONCURRENT_STREAMS.getCode() && value >= 0) {
                    limit = value;
                }
            }
        }
        return limit;
    }

    @Override
    public void onHeaderInput(HttpConnection connection, int streamId, List<? extends Header> headers) {}

    @Override
    public void onHeaderOutput(HttpConnection connection, int streamId, List<? extends Header> headers) {}

    @Override
    public void onFrameOutput(HttpConnection connection, int streamId, RawFrame frame) {}

    @Override
    public void onInputFlowControl(HttpConnection connection, int streamId, int delta, int actualSize) {}

    @Override
    public void onOutputFlowControl(HttpConnection connection, int streamId, int delta, int actualSize) {}
}
