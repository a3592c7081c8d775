package io.lambdadispatch.client.app;

import io.lambdadispatch.client.TestHeads;
import io.lambdadispatch.client.io.IoReactor;
import io.lambdadispatch.client.io.ScriptedSession;
import io.lambdadispatch.client.io.StoppedClock;
import io.lambdadispatch.protocol.Head;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** An app behind one connection that is kept alive already, so that no socket is needed. For one thread. */
public final class MemoryApp implements AutoCloseable {
    private static final int MAX_HEAD_BYTES = 32 * 1024;

    private final IoReactor reactor = new IoReactor(() -> {});
    private final ScriptedSession session = new ScriptedSession();
    private final AppPool pool;
    private final AppConnection connection;

    public MemoryApp() throws Exception {
        pool = new AppPool(
                reactor,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                () -> false,
                () -> CompletableFuture.completedFuture(false),
                MAX_HEAD_BYTES,
                new StoppedClock());
        connection = new AppConnection(pool, MAX_HEAD_BYTES);
        connection.handlerOf(session);
        connection.begin(
                new IgnoredExchange(),
                AppRequestHead.of(
                        TestHeads.head("GET / HTTP/1.1", "Host: h"),
                        0,
                        new Origin("p", "l"),
                        "c",
                        AppRequestHead.writer(MAX_HEAD_BYTES)));
        connection.connected(session);
        connection.flush();
        says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        takeRequest();
    }

    public AppPool pool() {
        return pool;
    }

    /** What the app has got since it was asked last. */
    public String takeRequest() {
        String request = session.output.toString(StandardCharsets.ISO_8859_1);
        session.output.reset();
        return request;
    }

    public void says(String text) throws Exception {
        session.input = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        connection.inputReady(session, null);
    }

    @Override
    public void close() {
        reactor.close();
    }

    private static final class IgnoredExchange implements AppExchange {
        @Override
        public void responseStarted(Head head, int status, long length) {}

        @Override
        public void responseData(ByteBuffer data) {}

        @Override
        public void responseEnded() {}

        @Override
        public void responseFlush() {}

        @Override
        public boolean wantsMore() {
            return true;
        }

        @Override
        public void requestTaken(int bytes) {}

        @Override
        public void failed(Failure failure) {
            throw new AssertionError(failure);
        }
    }
}
