package io.lambdadispatch.benchmarks.watch;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Writes what it is given, and counts the lines. One thread writes; any may ask. */
final class LineCounter extends FilterOutputStream {
    /** No line is shorter, so that most bytes need not be looked at: this is no part of what is measured. */
    private static final int LEAST_LINE_BYTES = 380;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private volatile long lines;

    LineCounter(OutputStream output) {
        super(output);
    }

    @Override
    public void write(byte[] bytes, int offset, int size) throws IOException {
        out.write(bytes, offset, size);
        long more = 0;
        int i = offset + LEAST_LINE_BYTES;
        while (i < offset + size) {
            if (bytes[i] == '\n') {
                more++;
                i += LEAST_LINE_BYTES;
            } else {
                i++;
            }
        }
        count(more);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void count(long more) {
        lines += more;
    }

    long lines() {
        return lines;
    }

    void await(long many) {
        while (lines < many) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
