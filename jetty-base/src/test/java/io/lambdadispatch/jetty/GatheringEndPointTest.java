package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frames gather in a turn, are all sent in their order, and nothing waits for an event that does not come. */
class GatheringEndPointTest {
    private static final int FRAME_BYTES = 100;
    private static final int MOST_WRITES = 16;
    private static final int MANY_FRAMES = 100_000;

    /** So that the socket takes a turn's frames in many parts. */
    private static final int SMALL_BUFFER_BYTES = 2 * 1024;

    private final Server server = new Server();
    private final AtomicReference<Event> onByte = new AtomicReference<>();
    private final CompletableFuture<EndPoint> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Socket peer;

    /** What a connection does when a byte has come. */
    private interface Event {
        void happen(EndPoint endPoint) throws Exception;
    }

    /** Takes a byte and has the test's event happen; as HTTP/2 does, it may be run either way. */
    private final class OneByteEach extends AbstractConnection implements Callback {
        OneByteEach(EndPoint endPoint, Connector connector) {
            super(endPoint, connector.getExecutor());
        }

        @Override
        public void onOpen() {
            super.onOpen();
            connected.complete(getEndPoint());
            fillInterested(this);
        }

        @Override
        public void onFillable() {
            throw new AssertionError("has a callback of its own");
        }

        @Override
        public void succeeded() {
            try {
                ByteBuffer one = ByteBuffer.allocate(1).limit(0);
                int size = getEndPoint().fill(one);
                if (size > 0) {
                    onByte.get().happen(getEndPoint());
                }
                if (size >= 0) {
                    fillInterested(this);
                } else {
                    ended.complete(null);
                }
            } catch (Exception e) {
                getEndPoint().close();
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.EITHER;
        }
    }

    @BeforeEach
    void connect() throws Exception {
        TurnConnector connector = new TurnConnector(server, 1, true, new AbstractConnectionFactory("frames") {
            @Override
            public Connection newConnection(Connector ours, EndPoint endPoint) {
                return configure(new OneByteEach(endPoint, ours), ours, endPoint);
            }
        });
        connector.setHost("127.0.0.1");
        connector.setAcceptedSendBufferSize(SMALL_BUFFER_BYTES);
        server.addConnector(connector);
        server.start();
        peer = new Socket();
        peer.setReceiveBufferSize(SMALL_BUFFER_BYTES);
        peer.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort()));
        peer.setTcpNoDelay(true);
    }

    @AfterEach
    void stop() throws Exception {
        peer.close();
        server.stop();
    }

    private void happens(Event event) throws IOException {
        onByte.set(event);
        peer.getOutputStream().write(1);
    }

    private static ByteBuffer frame(int number) {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES);
        for (int i = 0; i < FRAME_BYTES; i++) {
            frame.put((byte) (number + i));
        }
        return frame.flip();
    }

    private void assertFramesCome(int first, int last) throws IOException {
        for (int number = first; number <= last; number++) {
            assertArrayEquals(frame(number).array(), peer.getInputStream().readNBytes(FRAME_BYTES), "frame " + number);
        }
    }

    private static void write(EndPoint endPoint, int first, int last) {
        for (int number = first; number <= last; number++) {
            endPoint.write(Callback.NOOP, frame(number));
        }
    }

    @Test
    void whatAnEventWritesIsSentWhenItEnds() throws Exception {
        CountDownLatch hasWritten = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        happens(endPoint -> {
            write(endPoint, 1, 3);
            hasWritten.countDown();
            mayEnd.await();
        });
        hasWritten.await();
        assertEquals(0, peer.getInputStream().available());
        mayEnd.countDown();
        assertFramesCome(1, 3);
    }

    @Test
    void manyAreSentBeforeTheEventEnds() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        happens(endPoint -> {
            write(endPoint, 1, MOST_WRITES + 1);
            mayEnd.await();
        });
        assertFramesCome(1, MOST_WRITES);
        mayEnd.countDown();
        assertFramesCome(MOST_WRITES + 1, MOST_WRITES + 1);
    }

    @Test
    void aLargeFrameComesAfterTheSmallOnesBeforeIt() throws Exception {
        ByteBuffer large = ByteBuffer.allocate(1_000_000);
        CompletableFuture<Void> written = new CompletableFuture<>();
        happens(endPoint -> {
            write(endPoint, 1, 2);
            endPoint.write(Callback.from(() -> written.complete(null), written::completeExceptionally), large);
        });
        assertFramesCome(1, 2);
        assertEquals(large.capacity(), peer.getInputStream().readNBytes(large.capacity()).length);
        Await.value(written);
        happens(endPoint -> write(endPoint, 3, 3));
        assertFramesCome(3, 3);
    }

    @Test
    void aThreadOfNoSelectorSendsAtOnce() throws Exception {
        EndPoint endPoint = Await.value(connected);
        write(endPoint, 1, 1);
        assertFramesCome(1, 1);
    }

    @Test
    void aPeerWhoReadsLateGetsAllInOrder() throws Exception {
        CompletableFuture<Void> allWritten = new CompletableFuture<>();
        happens(endPoint -> writeAll(endPoint, 1, allWritten));
        assertFramesCome(1, MANY_FRAMES);
        Await.value(allWritten);
    }

    /** Each when the one before was taken. */
    private static void writeAll(EndPoint endPoint, int number, CompletableFuture<Void> allWritten) {
        int next = number;
        while (next <= MANY_FRAMES) {
            int current = next++;
            CompletableFuture<Void> taken = new CompletableFuture<>();
            endPoint.write(Callback.from(() -> taken.complete(null), taken::completeExceptionally), frame(current));
            if (!taken.isDone()) {
                int rest = next;
                var unused = taken.whenComplete((done, failure) -> {
                    if (failure == null) {
                        writeAll(endPoint, rest, allWritten);
                    } else {
                        allWritten.completeExceptionally(failure);
                    }
                });
                return;
            }
        }
        allWritten.complete(null);
    }

    /** Nobody waits for these frames to be written, so nothing but the socket's own readiness moves them on. */
    @Test
    void aPeerWhoReadsSlowlyGetsAllThatOneTurnHasGathered() throws Exception {
        ByteBuffer frames = ByteBuffer.allocate(15_000);
        while (frames.hasRemaining()) {
            frames.put((byte) frames.position());
        }
        frames.flip();
        happens(endPoint -> {
            for (int i = 0; i < 15; i++) {
                endPoint.write(Callback.NOOP, frames.slice(i * 1_000, 1_000));
            }
        });
        for (int i = 0; i < frames.limit(); i++) {
            assertEquals((byte) i, (byte) peer.getInputStream().read(), "byte " + i);
        }
    }

    @Test
    void whoeverReadsIsToldThatGatheredFramesAreLost() throws Exception {
        CountDownLatch hasWritten = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        happens(endPoint -> {
            write(endPoint, 1, 3);
            hasWritten.countDown();
            mayEnd.await();
        });
        hasWritten.await();
        peer.setSoLinger(true, 0);
        peer.close();
        mayEnd.countDown();
        Await.value(ended);
    }

    @Test
    void whatWasWrittenBeforeTheEndArrives() throws Exception {
        assertArrivesBefore(EndPoint::shutdownOutput);
    }

    @Test
    void whatWasWrittenBeforeTheCloseArrives() throws Exception {
        assertArrivesBefore(EndPoint::close);
    }

    private void assertArrivesBefore(Consumer<EndPoint> end) throws IOException {
        happens(endPoint -> {
            write(endPoint, 1, 2);
            end.accept(endPoint);
        });
        assertFramesCome(1, 2);
        assertEquals(-1, peer.getInputStream().read());
    }

    @Test
    void aPeerWhoHasLeftFailsWhoeverWrites() throws Exception {
        EndPoint endPoint = Await.value(connected);
        peer.setSoLinger(true, 0);
        peer.close();
        Await.until("closed", () -> {
            write(endPoint, 1, 1);
            return !endPoint.isOpen() || endPoint.isInputShutdown();
        });
        CompletableFuture<Void> written = new CompletableFuture<>();
        endPoint.write(Callback.from(() -> written.complete(null), written::completeExceptionally), frame(2));
        assertTrue(written.isCompletedExceptionally());
        assertThrows(Exception.class, written::get);
    }
}
