package io.lambdadispatch.router.relay;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The response to an instance that is about to leave. Its status goes out at once: nothing new will come. Its end is held back until
 * everything that the instance has sent was read, for a response to a slow user may still lie in the buffers of the very connection that the
 * instance is going to close.
 */
public final class CloseResponse extends SerialTask implements HttpEnd.Listener {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private enum Stage {
        STATUS,
        HELD,
        ENDING,
        OVER
    }

    private final HttpEnd end;
    private Stage stage = Stage.STATUS;
    private volatile boolean isWritten;
    private volatile boolean isDrained;
    private volatile boolean isBroken;

    private CloseResponse(HttpEnd end) {
        this.end = end;
    }

    /** Sends the status. Call {@link #drained} to end the response. */
    public static CloseResponse begin(HttpEnd end) {
        CloseResponse response = new CloseResponse(end);
        end.listener(response);
        end.status(200);
        end.write(false, NOTHING);
        return response;
    }

    /** Nothing of the instance's responses is left to be read. Any thread. */
    public void drained() {
        isDrained = true;
        wake();
    }

    @Override
    protected void advance() {
        if (isBroken && stage != Stage.OVER) {
            stage = Stage.OVER;
            end.abort(new IOException("an instance did not wait for the response to its close"));
        } else if (stage == Stage.STATUS && isWritten) {
            stage = Stage.HELD;
        }
        if (stage == Stage.HELD && isDrained) {
            stage = Stage.ENDING;
            isWritten = false;
            end.write(true, NOTHING);
        }
        if (stage == Stage.ENDING && isWritten) {
            stage = Stage.OVER;
            end.complete();
        }
    }

    @Override
    protected void crashed() {
        stage = Stage.OVER;
    }

    @Override
    public void onReadable() {}

    @Override
    public void onWritten(Throwable failure) {
        isBroken |= failure != null;
        isWritten = true;
        wake();
    }

    @Override
    public void onGone(Throwable why) {
        isBroken = true;
        wake();
    }
}
