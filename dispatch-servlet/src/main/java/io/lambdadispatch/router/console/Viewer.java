package io.lambdadispatch.router.console;

import io.lambdadispatch.router.relay.HttpEnd;
import io.lambdadispatch.router.relay.SerialTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Somebody who looks at the console. What they have not taken yet is one event at most, and the next one takes the place of one that they
 * have not begun to take.
 */
final class Viewer extends SerialTask implements HttpEnd.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Viewer.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** Events in a row that nobody took. */
    private static final int PATIENCE = 15;

    private final HttpEnd end;
    private final Consumer<Viewer> whenOver;
    private final AtomicReference<byte[]> next;
    private volatile boolean isEnding;
    private volatile Throwable failure;
    private volatile boolean isWriting;

    /** The one who shows counts. */
    private int untaken;

    // Whose turn it is owns these.
    private boolean isLast;
    private boolean isOver;

    Viewer(HttpEnd end, byte[] first, Consumer<Viewer> whenOver) {
        this.end = end;
        this.next = new AtomicReference<>(first);
        this.whenOver = whenOver;
    }

    void begin() {
        end.listener(this);
        wake();
    }

    /** By one thread at a time. */
    void show(byte[] event) {
        untaken = next.getAndSet(event) == null ? 0 : untaken + 1;
        if (untaken >= PATIENCE) {
            fail(new IOException("a viewer of the console takes nothing"));
        } else {
            wake();
        }
    }

    /** They are shown nothing more. */
    void end() {
        isEnding = true;
        wake();
    }

    private void fail(Throwable why) {
        LOG.debug("a viewer of the console has left", why);
        failure = why;
        wake();
    }

    @Override
    public void onReadable() {}

    @Override
    public void onWritten(Throwable why) {
        isWriting = false;
        if (why == null) {
            wake();
        } else {
            fail(why);
        }
    }

    @Override
    public void onGone(Throwable why) {
        fail(why);
    }

    @Override
    protected void advance() {
        if (isOver) {
            return;
        }
        if (failure != null) {
            over();
            end.abort(failure);
        } else if (isWriting) {
            // At an end, who has not taken all is not waited for.
            if (isEnding && !isLast) {
                over();
                end.abort(new IOException("the router leaves"));
            }
        } else if (isLast) {
            over();
            end.complete();
        } else {
            byte[] event = next.getAndSet(null);
            isLast = isEnding;
            if (event != null || isLast) {
                isWriting = true;
                end.write(isLast, event == null ? NOTHING : ByteBuffer.wrap(event));
            }
        }
    }

    private void over() {
        isOver = true;
        whenOver.accept(this);
    }

    @Override
    protected void crashed() {
        if (!isOver) {
            over();
            end.abort(new IOException("the console has failed"));
        }
    }
}
