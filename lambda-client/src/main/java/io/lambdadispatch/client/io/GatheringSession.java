package io.lambdadispatch.client.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.SelectionKey;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ProtocolIOSession;

/**
 * A session that sends the frames of many streams with one write. HttpCore writes each HTTP/2 frame by itself, which costs
 * a system call a frame; here frames collect until the reactor's event on this session is over ({@link #flush}). Frames that
 * another session's event wrote are sent by this session's next write event, which HttpCore has asked for already. Likewise
 * one read of the socket serves all frames in it.
 *
 * <p>Writing is guarded by the session's own lock, as HttpCore does it; reading is confined to the reactor thread.
 */
public final class GatheringSession extends DelegatingSession implements GatheringByteChannel {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ByteBuffer unsent = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer unread = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private boolean socketIsDrained;

    /** HttpCore has nothing more to write, but what it wrote is still here. */
    private boolean clearWhenSent;

    public GatheringSession(ProtocolIOSession session) {
        super(session);
    }

    /** To be called at the begin of each read event. */
    public void readable() {
        socketIsDrained = false;
    }

    /** To be called at the end of each event: sends what has collected, as far as the socket takes it. */
    public void flush() throws IOException {
        session.getLock().lock();
        try {
            if (unsent.position() > 0) {
                drain();
                if (unsent.position() > 0) {
                    setEvent(SelectionKey.OP_WRITE);
                } else if (clearWhenSent) {
                    clearWhenSent = false;
                    session.clearEvent(SelectionKey.OP_WRITE);
                }
            }
        } finally {
            session.getLock().unlock();
        }
    }

    /** Whether it takes nothing more until the socket does. */
    public boolean isFull() {
        session.getLock().lock();
        try {
            return !unsent.hasRemaining();
        } finally {
            session.getLock().unlock();
        }
    }

    private void drain() throws IOException {
        unsent.flip();
        try {
            int written;
            do {
                written = session.write(unsent);
            } while (written > 0 && unsent.hasRemaining());
        } finally {
            unsent.compact();
        }
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        session.getLock().lock();
        try {
            int before = src.remaining();
            collect(src);
            if (src.hasRemaining()) {
                drain();
                collect(src);
            }
            return before - src.remaining();
        } finally {
            session.getLock().unlock();
        }
    }

    private void collect(ByteBuffer src) {
        int size = Math.min(src.remaining(), unsent.remaining());
        unsent.put(unsent.position(), src, src.position(), size);
        unsent.position(unsent.position() + size);
        src.position(src.position() + size);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        long written = 0;
        for (int i = offset; i < offset + length; i++) {
            written += write(srcs[i]);
            if (srcs[i].hasRemaining()) {
                break;
            }
        }
        return written;
    }

    @Override
    public long write(ByteBuffer[] srcs) throws IOException {
        return write(srcs, 0, srcs.length);
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (!unread.hasRemaining()) {
            if (socketIsDrained) {
                return 0;
            }
            int size = fill();
            if (size <= 0) {
                return size;
            }
        }
        int size = Math.min(dst.remaining(), unread.remaining());
        dst.put(dst.position(), unread, unread.position(), size);
        dst.position(dst.position() + size);
        unread.position(unread.position() + size);
        return size;
    }

    private int fill() throws IOException {
        unread.clear();
        int size;
        try {
            size = session.read(unread);
        } finally {
            unread.flip();
        }
        // A short read has emptied the socket; asking again would be a system call for nothing.
        socketIsDrained = size < BUFFER_BYTES && size >= 0;
        return size;
    }

    /** Setting what is set already would wake the reactor for nothing. */
    @Override
    public void setEvent(int op) {
        session.getLock().lock();
        try {
            if ((op & SelectionKey.OP_WRITE) != 0) {
                clearWhenSent = false;
            }
            if ((session.getEventMask() & op) != op) {
                session.setEvent(op);
            }
        } finally {
            session.getLock().unlock();
        }
    }

    @Override
    public void clearEvent(int op) {
        session.getLock().lock();
        try {
            boolean writing = (op & SelectionKey.OP_WRITE) != 0 && unsent.position() > 0;
            clearWhenSent |= writing;
            session.clearEvent(writing ? op & ~SelectionKey.OP_WRITE : op);
        } finally {
            session.getLock().unlock();
        }
    }

    @Override
    public void close(CloseMode closeMode) {
        sendRest();
        session.close(closeMode);
    }

    @Override
    public void close() {
        sendRest();
        session.close();
    }

    /** So that a last GOAWAY or RST_STREAM is not lost; the connection ends anyway, so failing does no harm. */
    private void sendRest() {
        try {
            flush();
        } catch (IOException | RuntimeException e) {
            // Nobody is left to tell.
        }
    }
}
