package io.lambdadispatch.jetty;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A connection that sends the frames of many streams with one system call. Jetty writes each HTTP/2 frame by itself; here small
 * ones that are written in one turn of a selector gather until it ends, or until there are so many that their receiver had better
 * begin. What is gathered counts as written, as it does in a socket's own buffer.
 */
final class GatheringEndPoint extends TurnEndPoint implements Runnable {
    private static final int CAPACITY_BYTES = 16 * 1024;

    /** More would make the first of them wait for the others' work, which takes some 20 us each. */
    private static final int MOST_WRITES = 16;

    private final ByteBufferPool buffers;

    @GuardedBy("this")
    private RetainableByteBuffer gathered;

    @GuardedBy("this")
    private int writes;

    /** The end of a turn will come, and see to what is gathered. */
    @GuardedBy("this")
    private boolean isAwaited;

    @GuardedBy("this")
    private IOException failure;

    GatheringEndPoint(
            SocketChannel channel,
            TurnSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            ByteBufferPool buffers) {
        super(channel, selector, key, scheduler);
        this.buffers = buffers;
    }

    @Override
    public synchronized boolean flush(ByteBuffer... sources) throws IOException {
        if (failure != null) {
            throw new EofException(failure);
        }
        TurnSelector turn = TurnSelector.current();
        long size = remaining(sources);
        if (gathered != null && size > space(gathered.getByteBuffer())) {
            send();
            if (gathered != null) {
                return false;
            }
        }
        if (gathered == null && (turn == null || size > CAPACITY_BYTES)) {
            return super.flush(sources);
        }
        gather(sources);
        if (turn == null || writes >= MOST_WRITES) {
            send();
        } else if (!isAwaited) {
            isAwaited = true;
            turn.atEndOfTurn(this);
        }
        return true;
    }

    /** What was sent in part keeps its place. */
    private static int space(ByteBuffer buffer) {
        return buffer.capacity() - buffer.limit();
    }

    private static long remaining(ByteBuffer[] buffers) {
        long size = 0;
        for (ByteBuffer buffer : buffers) {
            size += buffer.remaining();
        }
        return size;
    }

    @GuardedBy("this")
    private void gather(ByteBuffer[] sources) {
        if (gathered == null) {
            gathered = buffers.acquire(CAPACITY_BYTES, true);
        }
        for (ByteBuffer source : sources) {
            BufferUtil.append(gathered.getByteBuffer(), source);
        }
        writes++;
    }

    /** Sends what is gathered, as far as the socket takes it; the rest goes as soon as it takes more. */
    @GuardedBy("this")
    private void send() throws IOException {
        writes = 0;
        try {
            if (super.flush(gathered.getByteBuffer())) {
                letGo();
            } else {
                onIncompleteFlush();
            }
        } catch (IOException e) {
            failure = e;
            letGo();
            throw e;
        }
    }

    @GuardedBy("this")
    private void letGo() {
        gathered.release();
        gathered = null;
    }

    /** The turn in which something was gathered is over. */
    @Override
    public void run() {
        IOException failed;
        synchronized (this) {
            isAwaited = false;
            failed = trySend();
        }
        lose(failed);
    }

    /**
     * Nobody waits for what was gathered, so nobody is told that it is lost, unless another write is under way. Whoever reads is: HTTP/2
     * takes the end of its input for the end of all streams. To close would not tell them.
     */
    private void lose(IOException failed) {
        if (failed != null && !getWriteFlusher().onFail(failed)) {
            shutdownInput();
            getFillInterest().fillable();
        }
    }

    @GuardedBy("this")
    private IOException trySend() {
        try {
            if (gathered != null) {
                send();
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    @Override
    public Runnable onSelected() {
        // First, for it ends the interest in writing, which sending may declare anew.
        Runnable event = super.onSelected();
        IOException failed;
        synchronized (this) {
            failed = isAwaited ? null : trySend();
        }
        if (failed != null) {
            turns().atEndOfTurn(() -> lose(failed));
        }
        return event;
    }

    @Override
    protected void doShutdownOutput() {
        sendRest();
        super.doShutdownOutput();
    }

    @Override
    public void doClose() {
        sendRest();
        super.doClose();
    }

    /** So that a last GOAWAY is not lost, as far as the socket takes it. What would follow a rest that it does not take is refused. */
    private synchronized void sendRest() {
        trySend();
        if (gathered != null) {
            letGo();
            failure = new ClosedChannelException();
        }
    }
}
