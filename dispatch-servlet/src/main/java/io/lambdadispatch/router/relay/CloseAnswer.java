package io.lambdadispatch.router.relay;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to an instance that is about to leave. Its status goes out at once: nothing new will come. Its end is held back
 * until everything that the instance has answered was read, for a slow user's answer may still lie in the buffers of the very
 * connection that the instance is going to close.
 */
public final class CloseAnswer extends Turns implements WriteListener, AsyncListener {
    private static final Logger LOG = LoggerFactory.getLogger(CloseAnswer.class);

    private enum Stage {
        STATUS,
        HELD,
        OVER
    }

    private final AsyncContext context;
    private final ServletOutputStream output;
    private Stage stage = Stage.STATUS;
    private volatile boolean isDrained;
    private volatile boolean isBroken;

    private CloseAnswer(AsyncContext context) throws IOException {
        this.context = context;
        this.output = context.getResponse().getOutputStream();
    }

    /** Sends the status. Call {@link #drained} to end the answer. */
    public static CloseAnswer begin(AsyncContext context) throws IOException {
        CloseAnswer answer = new CloseAnswer(context);
        context.addListener(answer);
        answer.output.setWriteListener(answer);
        Line line = Line.of(context.getRequest());
        if (line != null) {
            line.onHangUp(answer::onError);
        }
        answer.wake();
        return answer;
    }

    /** Nothing of the instance's answers is left to be read. Any thread. */
    public void drained() {
        isDrained = true;
        wake();
    }

    @Override
    protected void advance() {
        if (stage == Stage.OVER) {
            return;
        }
        try {
            if (stage == Stage.STATUS && output.isReady()) {
                stage = Stage.HELD;
                output.flush();
            }
            if (isBroken || (stage == Stage.HELD && isDrained && output.isReady())) {
                stage = Stage.OVER;
                context.complete();
            }
        } catch (IOException | IllegalStateException e) {
            LOG.debug("an instance did not wait for the answer to its close", e);
            stage = Stage.OVER;
        }
    }

    @Override
    protected void crashed() {
        stage = Stage.OVER;
    }

    @Override
    public void onWritePossible() {
        wake();
    }

    @Override
    public void onError(Throwable failure) {
        isBroken = true;
        wake();
    }

    @Override
    public void onError(AsyncEvent event) {
        onError(event.getThrowable());
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        onError(event.getThrowable());
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
