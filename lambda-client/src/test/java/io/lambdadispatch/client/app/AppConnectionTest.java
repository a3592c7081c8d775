package io.lambdadispatch.client.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.client.TestHeads;
import io.lambdadispatch.client.io.IoReactor;
import io.lambdadispatch.client.io.ScriptedSession;
import io.lambdadispatch.client.io.StoppedClock;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.ProtocolException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events of the reactor in an order that sockets bring about seldom. */
class AppConnectionTest {
    private static final int MAX_HEAD_BYTES = 32 * 1024;

    private final IoReactor reactor = new IoReactor(() -> {});
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CompletableFuture<Boolean> appEnds = new CompletableFuture<>();
    private boolean appIsEnding;
    private final StoppedClock clock = new StoppedClock();
    private final ScriptedSession session = new ScriptedSession();
    private final RecordedExchange exchange = new RecordedExchange();
    private AppPool pool;
    private AppConnection connection;

    @BeforeEach
    void begin() throws Exception {
        // Nobody listens there: what becomes of the app is told by appEnds.
        InetSocketAddress nobody;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) server.getLocalSocketAddress();
        }
        pool = new AppPool(
                reactor,
                nobody,
                () -> appIsEnding,
                () -> {
                    asked.countDown();
                    return appEnds;
                },
                MAX_HEAD_BYTES,
                clock);
        connection = new AppConnection(pool, MAX_HEAD_BYTES);
        connection.handlerOf(session);
        connection.begin(exchange, upload());
        connection.connected(session);
    }

    @AfterEach
    void end() {
        reactor.close();
    }

    private AppRequestHead upload() throws ProtocolException {
        return head("POST / HTTP/1.1", -1);
    }

    private AppRequestHead head(String requestLine, long length) throws ProtocolException {
        return AppRequestHead.of(
                TestHeads.head(requestLine, "Host: h"),
                length,
                new Origin("default", "lambda-1"),
                "channel-1",
                AppRequestHead.writer(MAX_HEAD_BYTES));
    }

    private void appSays(String text) throws Exception {
        session.input = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        connection.inputReady(session, null);
    }

    private void appEndsItsSide() throws Exception {
        session.inputEnded = true;
        connection.inputReady(session, null);
    }

    @Test
    void theEndOfAnAnswerWithoutLengthIsNotJudgedBeforeItIsKnownWhetherTheAppMeantIt() throws Exception {
        appSays("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it");
        appEndsItsSide();
        // The app still takes the upload, so the socket was writable when the end came: the reactor tells both.
        connection.outputReady(session);
        assertEquals(List.of("started", "all of it"), exchange.told);
        assertTrue(asked.await(20, TimeUnit.SECONDS));
        appEnds.complete(false);
        session.awaitEvent(SelectionKey.OP_WRITE);
        connection.outputReady(session);
        assertEquals(List.of("started", "all of it", "ended"), exchange.told);
    }

    @Test
    void anAppThatEndsDidNotMeanIt() throws Exception {
        appSays("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf");
        appEndsItsSide();
        assertTrue(asked.await(20, TimeUnit.SECONDS));
        appEnds.complete(true);
        session.awaitEvent(SelectionKey.OP_WRITE);
        connection.outputReady(session);
        assertEquals(List.of("started", "half", "BROKEN"), exchange.told);
    }

    /** Its port may be open a while longer. */
    @Test
    void anAppThatIsJustBeingKilledDidNotMeanIt() throws Exception {
        appIsEnding = true;
        appSays("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf");
        appEndsItsSide();
        session.awaitEvent(SelectionKey.OP_WRITE);
        connection.outputReady(session);
        assertEquals(List.of("started", "half", "BROKEN"), exchange.told);
        assertEquals(1, asked.getCount());
    }

    @Test
    void aConnectionWhoseAnswerWasGivenUpCarriesNoOther() throws Exception {
        connection.endRequest();
        connection.flush();
        exchange.givesUp = true;
        appSays("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertEquals(List.of("started"), exchange.told);
        assertTrue(session.closed);
        assertNotSame(connection, pool.begin(new RecordedExchange(), upload()));
    }

    /** The stream that brought the request may bring another one, which needs the room. */
    @Test
    void whatTheAppHasNotReadOfARequestThatItHasAnsweredHoldsUpNobody() throws Exception {
        session.full = true;
        connection.write(ByteBuffer.allocate(100_000));
        connection.endRequest();
        connection.flush();
        assertEquals(0, exchange.taken);
        appSays("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
        assertEquals(List.of("started", "ended"), exchange.told);
        assertEquals(100_000, exchange.taken);
        session.full = false;
        connection.outputReady(session);
        assertEquals(100_000, exchange.taken);
        assertTrue(session.closed, "what the app makes of the rest is uncertain");
    }

    @Test
    void whatCannotBeSentTwiceDoesNotGoWhereTheAppMayJustBeHangingUp() throws Exception {
        becomeIdle();
        assertSame(connection, pool.begin(exchange, head("POST / HTTP/1.1", 0)), "nobody is as impatient as that");
        becomeIdle();
        clock.nanos = TimeUnit.SECONDS.toNanos(2);
        assertNotSame(connection, pool.begin(new RecordedExchange(), head("POST / HTTP/1.1", 0)));
        assertSame(connection, pool.begin(exchange, head("GET / HTTP/1.1", 0)), "could be sent again");
    }

    private void becomeIdle() throws Exception {
        connection.endRequest();
        connection.flush();
        appSays("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }

    private final class RecordedExchange implements AppExchange {
        private final List<String> told = new CopyOnWriteArrayList<>();
        private boolean givesUp;
        private int taken;

        @Override
        public void responseStarted(Head head, int status, long length) {
            told.add("started");
            if (givesUp) {
                connection.abandon(this);
            }
        }

        @Override
        public void responseData(ByteBuffer data) {
            told.add(StandardCharsets.ISO_8859_1.decode(data).toString());
        }

        @Override
        public void responseEnded() {
            told.add("ended");
        }

        @Override
        public void responseFlush() {}

        @Override
        public boolean wantsMore() {
            return true;
        }

        @Override
        public void requestTaken(int bytes) {
            taken += bytes;
        }

        @Override
        public void failed(Failure failure) {
            told.add(failure.toString());
        }
    }
}
