package io.lambdadispatch.client.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.DefaultConnectingIOReactor;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one I/O thread of the client. Router connections and app connections share it on purpose: a request then passes from
 * one to the other without a hand-off, and everything that belongs to an exchange is confined to this thread and needs no
 * lock. Lambda gives a function one core at most sizes, so a second thread would only add switches.
 */
public final class IoReactor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IoReactor.class);

    /** How often the reactor looks for connection attempts that took too long. */
    private static final TimeValue TIMEOUT_CHECK = TimeValue.ofMilliseconds(250);

    private static final int KEEP_ALIVE_AFTER_S = 5;
    private static final int KEEP_ALIVE_EACH_S = 1;
    private static final int KEEP_ALIVES = 5;

    private final DefaultConnectingIOReactor reactor;
    private volatile boolean closed;

    /** Makes the event handler of a connection once its socket is connected. */
    public interface Connector {
        IOEventHandler handlerOf(ProtocolIOSession session);

        /** The socket is connected; TLS may be started now. */
        default void socketConnected(IOSession session) {}

        void connectFailed(Exception cause);
    }

    /** @param died told when the thread has ended without {@link #close}, after which nothing works any more */
    public IoReactor(Runnable died) {
        IOReactorConfig config = IOReactorConfig.custom()
                .setIoThreadCount(1)
                .setTcpNoDelay(true)
                // Where HTTP/2 pings are of no use: on a connection that is going away, and to the app.
                .setSoKeepAlive(true)
                .setTcpKeepIdle(KEEP_ALIVE_AFTER_S)
                .setTcpKeepInterval(KEEP_ALIVE_EACH_S)
                .setTcpKeepCount(KEEP_ALIVES)
                // Long polls and parked channels are silent for minutes: silence is judged elsewhere.
                .setSoTimeout(Timeout.INFINITE)
                .setSelectInterval(TIMEOUT_CHECK)
                .build();
        reactor = new DefaultConnectingIOReactor(
                (session, attachment) -> ((Connector) attachment).handlerOf(session),
                config,
                work -> daemon(() -> run(work, died)),
                null,
                this::warn,
                null,
                session -> session.close(CloseMode.GRACEFUL));
        reactor.start();
    }

    /** HttpCore lets an Error in a handler end the thread, and keeps it to itself. */
    private void run(Runnable work, Runnable died) {
        try {
            work.run();
        } catch (Throwable e) {
            LOG.error("reactor", e);
        } finally {
            if (!closed) {
                died.run();
            }
        }
    }

    /** What {@link #close} breaks off is nobody's concern. */
    private void warn(Exception cause) {
        if (!closed) {
            LOG.warn("reactor: {}", cause.toString());
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "lambda-dispatch-io");
        thread.setDaemon(true);
        return thread;
    }

    /** Connects; the connector hears of success and failure on the reactor thread, or at once on this one. */
    public void connect(InetSocketAddress address, Timeout timeout, Connector connector) {
        HttpHost endpoint = new HttpHost(address.getHostString(), address.getPort());
        try {
            Future<IOSession> unused =
                    reactor.connect(endpoint, address, null, timeout, connector, new Outcome(connector));
        } catch (RuntimeException e) {
            connector.connectFailed(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        reactor.close(CloseMode.IMMEDIATE);
    }

    private record Outcome(Connector connector) implements FutureCallback<IOSession> {
        @Override
        public void completed(IOSession session) {
            connector.socketConnected(session);
        }

        @Override
        public void failed(Exception cause) {
            connector.connectFailed(cause);
        }

        @Override
        public void cancelled() {
            connector.connectFailed(new IOException("connection attempt was cancelled"));
        }
    }
}
