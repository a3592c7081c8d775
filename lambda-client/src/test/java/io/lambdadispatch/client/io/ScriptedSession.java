package io.lambdadispatch.client.io;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.io.CloseMode;

/** A socket that takes everything unless it is full, and says what the test says. */
public final class ScriptedSession extends DelegatingSession {
    public ByteBuffer input = ByteBuffer.allocate(0);
    public boolean inputEnded;
    public boolean closed;
    public boolean full;

    /** What it has taken and nobody has asked for. */
    public final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private volatile int events = SelectionKey.OP_READ;

    public ScriptedSession() {
        super(null);
    }

    @Override
    public int read(ByteBuffer dst) {
        int size = input.remaining();
        dst.put(input);
        return size == 0 && inputEnded ? -1 : size;
    }

    @Override
    public int write(ByteBuffer src) {
        if (full) {
            return 0;
        }
        byte[] bytes = new byte[src.remaining()];
        src.get(bytes);
        output.writeBytes(bytes);
        return bytes.length;
    }

    @Override
    public int getEventMask() {
        return events;
    }

    @Override
    public synchronized void setEvent(int op) {
        events |= op;
        notifyAll();
    }

    /** Until the connection asks for that event, which it may do from another thread. */
    public synchronized void awaitEvent(int op) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while ((events & op) == 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            assertTrue(left > 0, "it asks for no event to go on in");
            wait(left);
        }
    }

    @Override
    public synchronized void clearEvent(int op) {
        events &= ~op;
    }

    @Override
    public void close(CloseMode closeMode) {
        closed = true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
