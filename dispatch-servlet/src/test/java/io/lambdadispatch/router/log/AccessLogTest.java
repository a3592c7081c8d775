package io.lambdadispatch.router.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.config.AccessLogFormat;
import io.lambdadispatch.router.relay.MemoryEnd;
import io.lambdadispatch.router.relay.RequestRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log stays out of the way of requests, whatever becomes of its lines. */
@Timeout(60)
class AccessLogTest {
    /** Of a request for a path of two characters. */
    private static final long SIZE = AccessLog.RECORD_BYTES + 2L;

    /** A disk that takes its time, until it is let go. */
    private static final class Disk extends OutputStream {
        private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
        private final CountDownLatch isWriting = new CountDownLatch(1);
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private final AtomicBoolean isFull = new AtomicBoolean();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] bytes, int offset, int size) throws IOException {
            isWriting.countDown();
            boolean isAwaited = false;
            while (!isAwaited) {
                try {
                    mayGoOn.await();
                    isAwaited = true;
                } catch (InterruptedException e) {
                    // As a disk does.
                }
            }
            if (isFull.get()) {
                lines.write(bytes, offset, size / 2);
                throw new IOException("no space left");
            }
            lines.write(bytes, offset, size);
        }

        private List<String> lines() {
            return lines.toString(StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static void request(AccessLog log, String path) {
        MemoryEnd request = MemoryEnd.of("GET", path).at("example.com", "192.0.2.1", "192.0.2.9");
        RequestRecord.rejected(request, 403, log);
    }

    @Test
    void whatItCannotTakeIsLostAndCountedAndNobodyWaits() throws Exception {
        Disk disk = new Disk();
        AccessLog log = new AccessLog(AccessLogFormat.COMBINED, disk, 10 * SIZE).start();
        request(log, "/first");
        disk.isWriting.await();
        // The writer is held up now; these return all the same.
        IntStream.range(0, 25).forEach(i -> request(log, "/" + i));
        assertEquals(15, log.lost());
        disk.mayGoOn.countDown();
        log.close();
        List<String> lines = disk.lines();
        assertEquals(11, lines.size());
        assertTrue(lines.get(0).contains("GET /first "), lines.get(0));
        assertTrue(lines.get(10).contains("GET /9 "), lines.get(10));
    }

    @Test
    void longTargetsTakeTheirShareOfIt() throws Exception {
        Disk disk = new Disk();
        AccessLog log = new AccessLog(AccessLogFormat.COMBINED, disk, 10 * SIZE).start();
        request(log, "/");
        disk.isWriting.await();
        request(log, "/" + "x".repeat((int) (9 * SIZE)));
        request(log, "/0");
        assertEquals(1, log.lost());
        disk.mayGoOn.countDown();
        log.close();
        assertEquals(2, disk.lines().size());
    }

    @Test
    void closingWritesWhatIsThere() {
        Disk disk = new Disk();
        disk.mayGoOn.countDown();
        AccessLog log = new AccessLog(AccessLogFormat.JSON, disk, 10_000 * SIZE).start();
        IntStream.range(0, 2_000).forEach(i -> request(log, "/" + i));
        log.close();
        List<String> lines = disk.lines();
        assertEquals(2_000, lines.size());
        assertTrue(lines.get(1_999).contains("\"target\":\"/1999\""), lines.get(1_999));
        assertEquals(0, log.lost());
        request(log, "/late");
        assertEquals(1, log.lost(), "nobody would ever write it");
    }

    @Test
    void aFullDiskCostsLinesOnly() throws Exception {
        Disk disk = new Disk();
        disk.isFull.set(true);
        disk.mayGoOn.countDown();
        AccessLog log = new AccessLog(AccessLogFormat.JSON, disk, 100 * SIZE).start();
        for (int i = 1; i <= 3; i++) {
            request(log, "/lost");
            while (log.lost() < i) {
                Thread.onSpinWait();
            }
        }
        disk.isFull.set(false);
        request(log, "/written");
        log.close();
        List<String> lines = disk.lines();
        assertEquals(4, lines.size(), "what had room of three lines, and one that had all of it: " + lines);
        assertTrue(lines.get(3).startsWith("{") && lines.get(3).contains("\"target\":\"/written\""), lines.get(3));
        assertEquals(3, log.lost());
    }
}
