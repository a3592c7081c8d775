package io.lambdadispatch.demo;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * Moves a request's body, piece by piece, into the response's: reads one, writes what {@link Portions} makes of it, and
 * only then reads the next one, so that the slower side sets the pace.
 */
final class BodyPump extends IteratingCallback {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Portions portions;
    private final int pauseEvery;
    private final Duration pause;
    private final Deque<ByteBuffer> outgoing = new ArrayDeque<>();
    private Content.Chunk chunk;
    private boolean endWritten;
    private long readSincePause;

    /** What of a piece is sent back. The buffers are used until the next call. */
    @FunctionalInterface
    interface Portions {
        List<ByteBuffer> of(ByteBuffer piece);
    }

    /**
     * @param pauseEvery number of bytes after which reading rests
     * @param pause how long it rests
     */
    BodyPump(Request request, Response response, Callback callback, Portions portions, int pauseEvery, Duration pause) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.portions = portions;
        this.pauseEvery = pauseEvery;
        this.pause = pause;
    }

    @Override
    protected Action process() {
        if (!outgoing.isEmpty()) {
            ByteBuffer portion = outgoing.removeFirst();
            endWritten = chunk.isLast() && outgoing.isEmpty();
            response.write(endWritten, portion, this);
            return Action.SCHEDULED;
        }
        if (endWritten) {
            return Action.SUCCEEDED;
        }
        if (readSincePause >= pauseEvery) {
            readSincePause -= pauseEvery;
            TimedRoutes.after(pause, request, this::succeeded);
            return Action.SCHEDULED;
        }
        return readNext();
    }

    private Action readNext() {
        chunk = Content.Chunk.releaseAndNext(chunk);
        if (chunk == null) {
            chunk = request.read();
        }
        if (chunk == null) {
            request.demand(this::succeeded);
        } else if (Content.Chunk.isFailure(chunk)) {
            failed(chunk.getFailure());
        } else {
            readSincePause += chunk.remaining();
            outgoing.addAll(portions.of(chunk.getByteBuffer()));
            if (outgoing.isEmpty()) {
                outgoing.add(BufferUtil.EMPTY_BUFFER);
            }
            succeeded();
        }
        return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteSuccess() {
        release();
        callback.succeeded();
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
        release();
        callback.failed(cause);
    }

    private void release() {
        chunk = Content.Chunk.releaseAndNext(chunk);
    }
}
