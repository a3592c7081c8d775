package io.lambdadispatch.router.relay;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;

/**
 * One direction of an exchange. It alone reads its source and writes its sink, one turn after the other, whatever threads wake
 * it.
 *
 * <p>There is one buffer, held while bytes are under way. It is filled only after the sink is ready again, because a container
 * may still be sending from it until then; this is the backpressure too.
 */
abstract class Pump extends Turns {
    /** 2 MB. Whoever woke this pump has other things to do: a selector other connections, the router's one thread all pools. */
    private static final int MOST_READS_A_TURN = 64;

    private byte[] buffer;
    private boolean isUnflushed;
    private boolean isCut;
    private volatile WaitsFor waitsFor = WaitsFor.NOTHING;

    /** Which end holds this direction up at present. */
    protected enum WaitsFor {
        NOTHING,
        SOURCE,
        SINK
    }

    /** Any thread may ask; where nothing has moved meanwhile, it is so. */
    protected final WaitsFor waitsFor() {
        return waitsFor;
    }

    /** Tells only what is new: most calls cost a read. */
    protected final void waitFor(WaitsFor end) {
        if (waitsFor != end) {
            waitsFor = end;
        }
    }

    /** Takes {@code size} bytes that were read into the buffer at {@code offset} to the sink, which is ready. */
    protected abstract void accept(byte[] bytes, int offset, int size) throws IOException;

    /** Where in the buffer bytes are read to: what is before is free for framing. */
    protected int readOffset() {
        return 0;
    }

    /** The sink failed. */
    protected abstract void sinkFailed(IOException failure);

    /** The source failed. */
    protected abstract void sourceFailed(IOException failure);

    /** What came of an attempt to move bytes. */
    enum Progress {
        /** A callback will come. */
        WAITING,
        SOURCE_ENDED,
        FAILED
    }

    /**
     * Whether the source has ended. Asked twice: Tomcat looks whether anything is left and then whether more can come, and what
     * comes in between together with the end would be lost. When it is asked again the end is known to be there, and all before it.
     */
    static boolean hasEnded(ServletInputStream source) {
        boolean seemsEnded = source.isFinished();
        return seemsEnded && source.isFinished();
    }

    /** Whether the source can be read; if not, it has ended, or a callback will come. */
    protected final boolean isReadable(ServletInputStream source) {
        return source.isReady() || (container().mayForgetToTell() && !source.isFinished() && source.isReady());
    }

    /** What it runs in. */
    protected abstract Container container();

    /** Has a thread of the container's do that. */
    protected abstract void elsewhere(Runnable action);

    /** Moves bytes until one of both ends makes it wait, or the source ends, or others must have their turn. */
    protected final Progress transfer(ServletInputStream source, ServletOutputStream sink) {
        for (int reads = 0; reads < MOST_READS_A_TURN; reads++) {
            if (!isReady(sink)) {
                waitFor(WaitsFor.SINK);
                return Progress.WAITING;
            }
            int size;
            try {
                if (!isReadable(source)) {
                    if (hasEnded(source)) {
                        return Progress.SOURCE_ENDED;
                    }
                    return idle(sink);
                }
                size = source.read(buffer(), readOffset(), readSize());
            } catch (IOException | RuntimeException e) {
                sourceFailed(asIo(e));
                return Progress.FAILED;
            }
            if (size < 0) {
                return Progress.SOURCE_ENDED;
            }
            if (size > 0 && !write(readOffset(), size)) {
                return Progress.FAILED;
            }
        }
        elsewhere(this::wake);
        return Progress.WAITING;
    }

    /** Whether the sink takes more; if not, a callback will come, or it has failed and that is reported. */
    protected final boolean isReady(ServletOutputStream sink) {
        try {
            return sink.isReady();
        } catch (RuntimeException e) {
            sinkFailed(asIo(e));
            return false;
        }
    }

    /**
     * Whether the sink is done with what was written to it, well or not. Only then may its exchange be completed: Jetty would
     * finish that write on objects that it has recycled. A peer who does not take it is cut off; then the write fails, and a
     * callback comes. Where there is no line to cut, the container must cope with it.
     */
    protected final boolean isQuiet(ServletOutputStream sink, Line line) {
        if (line == null) {
            forgetBuffer();
            return true;
        }
        if (hasTakenAll(sink)) {
            releaseBuffer();
            return true;
        }
        if (!isCut) {
            isCut = true;
            line.cut();
        }
        return false;
    }

    /** Whether nothing of what was written waits for the sink's peer. */
    protected static boolean hasTakenAll(ServletOutputStream sink) {
        try {
            return sink.isReady();
        } catch (RuntimeException e) {
            // It is gone already.
            return true;
        }
    }

    /** Whether the sink's peer was cut off while it had not taken all. */
    protected final boolean isCut() {
        return isCut;
    }

    /** The source has nothing at present: what was written must not wait for it. */
    private Progress idle(ServletOutputStream sink) {
        releaseBuffer();
        waitFor(WaitsFor.SOURCE);
        return !isUnflushed || flush(sink) ? Progress.WAITING : Progress.FAILED;
    }

    /** Sends on what lies in the buffer; the sink must be ready. False when that failed. */
    protected final boolean write(int offset, int size) {
        try {
            accept(buffer, offset, size);
            isUnflushed = true;
            return true;
        } catch (IOException | RuntimeException e) {
            sinkFailed(asIo(e));
            return false;
        }
    }

    /** Makes the sink send what it has gathered; the sink must be ready, and may not be after. False when that failed. */
    protected final boolean flush(ServletOutputStream sink) {
        try {
            isUnflushed = false;
            sink.flush();
            return true;
        } catch (IOException | RuntimeException e) {
            sinkFailed(asIo(e));
            return false;
        }
    }

    protected final boolean isUnflushed() {
        return isUnflushed;
    }

    protected final void markUnflushed() {
        isUnflushed = true;
    }

    protected final byte[] buffer() {
        if (buffer == null) {
            buffer = Buffers.take();
        }
        return buffer;
    }

    private int readSize() {
        return Buffers.SIZE - 2 * readOffset();
    }

    /** To be called only when the sink is ready, or will never be used again. */
    protected final void releaseBuffer() {
        if (buffer != null) {
            Buffers.give(buffer);
            buffer = null;
        }
    }

    /** The container may still be sending from the buffer: it is left to the garbage collector. */
    private void forgetBuffer() {
        buffer = null;
    }

    /** Containers throw nearly anything when an end is gone: Tomcat empties the buffers of a stream that was reset under a thread that fills them. */
    private static IOException asIo(Exception e) {
        return e instanceof IOException io ? io : new IOException(e);
    }
}
