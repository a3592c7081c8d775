package io.lambdadispatch.router.console;

import io.lambdadispatch.router.relay.Turns;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One who looks at the console. What he has not taken yet is one event at most, and the next one takes the place of one that he has
 * not begun to take.
 */
final class Viewer extends Turns implements WriteListener {
    private static final Logger LOG = LoggerFactory.getLogger(Viewer.class);
    private static final int PIECE_BYTES = 8 * 1024;

    /** Events in a row that nobody took. */
    private static final int PATIENCE = 15;

    private final AsyncContext context;
    private final ServletOutputStream output;
    private final Consumer<AsyncContext> abort;
    private final Consumer<Viewer> whenOver;
    private final AtomicReference<byte[]> next = new AtomicReference<>();
    private volatile boolean isEnding;
    private volatile boolean isFailed;

    /** Only the container may write first. */
    private volatile boolean hasBegun;

    /** The one who shows counts. */
    private int untaken;

    // Whose turn it is owns these.
    private byte[] current;
    private int sent;
    private boolean isFlushDue;
    private boolean isOver;

    Viewer(AsyncContext context, byte[] first, Consumer<AsyncContext> abort, Consumer<Viewer> whenOver)
            throws IOException {
        this.context = context;
        this.output = context.getResponse().getOutputStream();
        this.current = first;
        this.abort = abort;
        this.whenOver = whenOver;
    }

    void begin() {
        output.setWriteListener(this);
    }

    /** By one thread at a time. */
    void show(byte[] event) {
        untaken = next.getAndSet(event) == null ? 0 : untaken + 1;
        if (untaken >= PATIENCE) {
            LOG.debug("a viewer of the console takes nothing");
            fail();
        } else {
            wake();
        }
    }

    /** He is shown nothing more. */
    void end() {
        isEnding = true;
        wake();
    }

    private void fail() {
        isFailed = true;
        wake();
    }

    @Override
    public void onWritePossible() {
        hasBegun = true;
        wake();
    }

    @Override
    public void onError(Throwable failure) {
        LOG.debug("a viewer of the console has left", failure);
        fail();
    }

    @Override
    protected void advance() {
        if (isOver) {
            return;
        }
        try {
            while (!isFailed && hasBegun && output.isReady()) {
                if (isFlushDue) {
                    isFlushDue = false;
                    output.flush();
                } else if (current != null) {
                    write();
                } else if (isEnding) {
                    over(AsyncContext::complete);
                    return;
                } else {
                    current = next.getAndSet(null);
                    if (current == null) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            LOG.debug("a viewer of the console has left", e);
            isFailed = true;
        }
        // At an end, who has not taken all is not waited for.
        if (isFailed || isEnding) {
            over(abort);
        }
    }

    private void write() throws IOException {
        int size = Math.min(PIECE_BYTES, current.length - sent);
        output.write(current, sent, size);
        sent += size;
        if (sent == current.length) {
            current = null;
            sent = 0;
            isFlushDue = true;
        }
    }

    private void over(Consumer<AsyncContext> how) {
        isOver = true;
        whenOver.accept(this);
        try {
            how.accept(context);
        } catch (IllegalStateException e) {
            LOG.debug("the container has ended it already", e);
        }
    }

    @Override
    protected void crashed() {
        if (!isOver) {
            over(abort);
        }
    }
}
