package io.lambdadispatch.router.log;

import io.lambdadispatch.router.config.AccessLogFormat;
import io.lambdadispatch.router.relay.RequestListener;
import io.lambdadispatch.router.relay.RequestRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for each request. Requests leave their records in a queue without waiting and without waking anybody; one thread looks
 * ten times a second, makes lines of them and writes. If it cannot keep up, or the disk does not, lines are lost and not requests: how
 * many is counted and told.
 */
public final class AccessLog implements RequestListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    /** What several seconds of a busy router make; less where memory is scarce. */
    private static final long CAPACITY_BYTES =
            Math.min(64 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 32);

    /** What a record costs in memory beside the texts that its user has chosen. */
    static final int RECORD_BYTES = 512;

    /** Lines that are written at once. */
    private static final int BATCH = 512;

    private static final long LOOK_AGAIN_MS = 100;
    private static final long TELL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LAST_LINES_MS = 2_000;

    private final OutputStream output;
    private final long capacityBytes;
    private final Queue<RequestRecord> records = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final Thread writer = new Thread(this::write, "lambda-dispatch-access-log");
    private volatile boolean isClosed;

    // These are the writer's own.
    private final AccessLines lines;
    private long lostAndTold;
    private long toldAtNanos;
    private boolean isFailing;

    /**
     * @param output where lines go; not closed
     */
    public AccessLog(AccessLogFormat format, OutputStream output) {
        this(format, output, CAPACITY_BYTES);
    }

    AccessLog(AccessLogFormat format, OutputStream output, long capacityBytes) {
        this.lines = AccessLines.of(format);
        this.output = output;
        this.capacityBytes = capacityBytes;
        writer.setDaemon(true);
    }

    /** Begins to write. */
    public AccessLog start() {
        writer.start();
        return this;
    }

    @Override
    public boolean wantsUser() {
        return true;
    }

    @Override
    public void ended(RequestRecord request) {
        int bytes = bytes(request);
        if (waitingBytes.addAndGet(bytes) > capacityBytes || isClosed) {
            waitingBytes.addAndGet(-bytes);
            lost.incrementAndGet();
        } else {
            records.add(request);
        }
    }

    private static int bytes(RequestRecord request) {
        return RECORD_BYTES + request.targetSize() + size(request.referrer()) + size(request.userAgent());
    }

    private static int size(String text) {
        return text == null ? 0 : text.length();
    }

    /** How many lines were lost. */
    public long lost() {
        return lost.get();
    }

    private void write() {
        boolean isLast;
        do {
            isLast = isClosed;
            try {
                writeAll();
                tellLost(isLast);
                if (!isLast) {
                    Thread.sleep(LOOK_AGAIN_MS);
                }
            } catch (InterruptedException e) {
                // Closed: once more.
            } catch (RuntimeException e) {
                LOG.error("the access log failed unexpectedly", e);
            }
        } while (!isLast);
    }

    private void writeAll() {
        int count = 0;
        for (RequestRecord next = records.poll(); next != null; next = records.poll()) {
            waitingBytes.addAndGet(-bytes(next));
            lines.add(next);
            count++;
            if (count == BATCH) {
                write(count);
                count = 0;
            }
        }
        if (count > 0) {
            write(count);
        }
    }

    private void write(int count) {
        try {
            lines.writeTo(output);
            output.flush();
            isFailing = false;
        } catch (IOException e) {
            // A part of a line may have been written; what follows is to be one of its own.
            lines.addEnd();
            lost.addAndGet(count);
            if (!isFailing) {
                isFailing = true;
                LOG.warn("the access log cannot be written: {}", e.toString());
            }
        }
    }

    private void tellLost(boolean isLast) {
        long now = System.nanoTime();
        long all = lost.get();
        if (all > lostAndTold && (isLast || lostAndTold == 0 || now - toldAtNanos >= TELL_AGAIN_NANOS)) {
            LOG.warn("the access log has lost {} lines, {} since the start", all - lostAndTold, all);
            lostAndTold = all;
            toldAtNanos = now;
        }
    }

    /** Writes what is there, and ends. */
    @Override
    public void close() {
        isClosed = true;
        writer.interrupt();
        try {
            writer.join(LAST_LINES_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
