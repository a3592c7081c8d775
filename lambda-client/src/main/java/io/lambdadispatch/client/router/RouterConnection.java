package io.lambdadispatch.client.router;

import io.lambdadispatch.client.io.GatheringSession;
import io.lambdadispatch.client.io.IoReactor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.command.RequestExecutionCommand;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.http2.frame.DefaultFrameFactory;
import org.apache.hc.core5.http2.impl.nio.ClientH2IOEventHandler;
import org.apache.hc.core5.http2.impl.nio.ClientH2StreamMultiplexer;
import org.apache.hc.core5.http2.nio.AsyncPingHandler;
import org.apache.hc.core5.http2.nio.command.PingCommand;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;

/**
 * One HTTP/2 connection to the router: preface, frames gathered by {@link GatheringSession}, and a heartbeat by PING, for a
 * frozen router or a cut network sends nothing at all. Its owner hears of its life on the reactor thread. {@link #open},
 * {@link #heartbeat}, {@link #close} and {@link #abort} may be called from any thread.
 */
public final class RouterConnection implements IoReactor.Connector, IOEventHandler {
    public static final int INITIAL_WINDOW_BYTES = 128 * 1024;

    /** Streams that no channel takes, for the control requests: at the peer's limit HttpCore would send not even a ping. */
    private static final int CONTROL_STREAMS = 2;

    private static final int FRAME_BYTES = 64 * 1024;
    private static final int HEADER_LIST_BYTES = 32 * 1024;
    private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(5);
    private static final long PING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long PING_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Requests come here complete, so nothing is to be added. HttpCore's own would add Expect, among others. */
    private static final HttpProcessor AS_IT_IS = HttpProcessorBuilder.create().build();

    private static final H2Config H2 = H2Config.custom()
            .setPushEnabled(false)
            .setInitialWindowSize(INITIAL_WINDOW_BYTES)
            .setMaxFrameSize(FRAME_BYTES)
            .setMaxHeaderListSize(HEADER_LIST_BYTES)
            .build();

    /** Hears of the connection, on the reactor thread. */
    public interface Owner {
        /** The peer's settings have come. */
        void ready(RouterConnection connection, int maxConcurrentStreams);

        /** The peer takes no further stream here. */
        void goingAway(RouterConnection connection);

        /** Told exactly once, at the end. */
        void lost(RouterConnection connection, boolean wasConnected, Exception cause);
    }

    private final InetSocketAddress router;
    private final RouterTls tls;
    private final Owner owner;
    private final AtomicInteger channels = new AtomicInteger();
    private volatile int mostChannels;
    private GatheringSession session;
    private final WriteTurns turns = new WriteTurns(() -> session.isFull());
    private ClientH2IOEventHandler http2;
    private Exception cause;
    private boolean reportedLost;
    private volatile boolean goingAway;
    private volatile boolean closing;
    private volatile boolean closed;
    private volatile IOSession socket;

    /** When the oldest unanswered PING was sent; 0 when all are answered. */
    private volatile long pingSentAt;

    private volatile long lastPingAt;

    /**
     * @param tls {@code null} for {@code http}
     */
    public RouterConnection(InetSocketAddress router, RouterTls tls, Owner owner) {
        this.router = router;
        this.tls = tls;
        this.owner = owner;
    }

    void connect(IoReactor reactor) {
        reactor.connect(router, CONNECT_TIMEOUT, this);
    }

    /** Whether a request that is sent now has a chance. */
    boolean isUsable() {
        IOSession open = socket;
        return open != null && !closed && !closing && open.isOpen();
    }

    /** Whether a channel that is opened now has a stream at once. */
    boolean hasRoom() {
        return isUsable() && channels.get() < mostChannels;
    }

    /** Opens a channel; it takes room until {@link #channelReleased}, which may be long after its answer. */
    public void openChannel(AsyncClientExchangeHandler channel) {
        channels.incrementAndGet();
        open(channel);
    }

    /** In which order its channels write when it is full. */
    public WriteTurns turns() {
        return turns;
    }

    /** The channel's stream is over in both directions. */
    public void channelReleased() {
        channels.decrementAndGet();
    }

    /** Sends a request on a new stream as soon as the peer's limit of streams allows. */
    public void open(AsyncClientExchangeHandler exchange) {
        IOSession open = socket;
        RequestExecutionCommand command = new RequestExecutionCommand(exchange, null, HttpCoreContext.create());
        if (open == null) {
            command.cancel();
        } else {
            open.enqueue(command, Command.Priority.NORMAL);
        }
    }

    /**
     * Pings when it is time to, and closes the connection when an earlier ping stayed unanswered. On a connection whose peer is
     * going away HttpCore sends no more pings, but lets the streams that are open come to their end.
     */
    void heartbeat(long nowNanos) {
        IOSession open = socket;
        if (open == null || closed || goingAway) {
            return;
        }
        long sentAt = pingSentAt;
        if (sentAt != 0) {
            if (nowNanos - sentAt > PING_TIMEOUT_NANOS) {
                fail(new IOException("router does not answer HTTP/2 PING within "
                        + TimeUnit.NANOSECONDS.toSeconds(PING_TIMEOUT_NANOS) + " s"));
            }
        } else if (lastPingAt == 0 || nowNanos - lastPingAt > PING_INTERVAL_NANOS) {
            pingSentAt = nowNanos;
            lastPingAt = nowNanos;
            open.enqueue(
                    new PingCommand(new Pong(this::hearsFromRouter, this::hearsFromRouter)),
                    Command.Priority.IMMEDIATE);
        }
    }

    /** Whatever comes in is a sign of life, and a ping that was never sent is no sign of death. */
    private void hearsFromRouter() {
        if (pingSentAt != 0) {
            pingSentAt = 0;
        }
    }

    private void fail(Exception reason) {
        cause = reason;
        abort();
    }

    /**
     * Closes once the router has read all that was sent before: it answers a PING only then. Closing earlier could lose the
     * end of an answer, for the kernel discards what it has not sent when unread bytes have come in. Streams that are open fail.
     */
    void close() {
        closing = true;
        IOSession open = socket;
        if (open != null) {
            // A ping that is not sent closes nothing: whoever asked to close waits a moment only, and aborts.
            open.enqueue(
                    new PingCommand(new Pong(() -> open.close(CloseMode.GRACEFUL), () -> {})), Command.Priority.NORMAL);
        }
    }

    /** Closes at once; what is still to be sent is lost, and streams that are open fail. */
    void abort() {
        closed = true;
        IOSession open = socket;
        if (open != null) {
            open.close(CloseMode.IMMEDIATE);
        }
    }

    @Override
    public IOEventHandler handlerOf(ProtocolIOSession protocolSession) {
        session = new GatheringSession(protocolSession);
        // Plain ASCII: with any other charset HttpCore's header encoder takes a bigger buffer for each request.
        http2 = new ClientH2IOEventHandler(new ClientH2StreamMultiplexer(
                session,
                DefaultFrameFactory.INSTANCE,
                AS_IT_IS,
                null,
                H2,
                CharCodingConfig.DEFAULT,
                new PeerSettings(this::settingsCame, this::peerGoesAway)));
        socket = protocolSession;
        return this;
    }

    private void settingsCame(int maxConcurrentStreams) {
        mostChannels = Math.max(1, maxConcurrentStreams - CONTROL_STREAMS);
        owner.ready(this, maxConcurrentStreams);
    }

    private void peerGoesAway() {
        goingAway = true;
        owner.goingAway(this);
    }

    @Override
    public void socketConnected(IOSession connectedSession) {
        if (closed || closing) {
            connectedSession.close(CloseMode.IMMEDIATE);
        } else if (tls != null) {
            NamedEndpoint endpoint = session.getInitialEndpoint();
            session.startTls(
                    tls.context(),
                    endpoint,
                    null,
                    (name, engine) -> tls.configure(engine),
                    null,
                    CONNECT_TIMEOUT,
                    new TlsOutcome());
        }
    }

    private final class TlsOutcome implements FutureCallback<TransportSecurityLayer> {
        @Override
        public void completed(TransportSecurityLayer layer) {
            // The handler's connected() is called by the TLS layer itself.
        }

        @Override
        public void failed(Exception reason) {
            fail(reason);
        }

        @Override
        public void cancelled() {
            fail(new IOException("TLS handshake was cancelled"));
        }
    }

    @Override
    public void connectFailed(Exception reason) {
        cause = reason;
        reportLost();
    }

    private void reportLost() {
        if (!reportedLost) {
            reportedLost = true;
            owner.lost(this, socket != null, cause);
        }
    }

    @Override
    public void connected(IOSession connectedSession) throws IOException {
        session.write(ByteBuffer.wrap(PREFACE));
        http2.connected(connectedSession);
        session.flush();
    }

    @Override
    public void inputReady(IOSession readableSession, ByteBuffer src) throws IOException {
        session.readable();
        hearsFromRouter();
        http2.inputReady(readableSession, src);
        session.flush();
    }

    @Override
    public void outputReady(IOSession writableSession) throws IOException {
        http2.outputReady(writableSession);
        session.flush();
    }

    @Override
    public void timeout(IOSession silentSession, Timeout timeout) {
        fail(new IOException("router is silent for " + timeout));
    }

    @Override
    public void exception(IOSession failedSession, Exception reason) {
        if (cause == null) {
            cause = reason;
        }
        http2.exception(failedSession, reason);
        // HttpCore would close a failed TLS handshake gracefully, which waits for the peer.
        failedSession.close(CloseMode.IMMEDIATE);
    }

    @Override
    public void disconnected(IOSession closedSession) {
        closed = true;
        http2.disconnected(closedSession);
        reportLost();
    }

    private record Pong(Runnable answered, Runnable unsent) implements AsyncPingHandler {
        @Override
        public ByteBuffer getData() {
            return ByteBuffer.allocate(8);
        }

        @Override
        public void consumeResponse(ByteBuffer feedback) {
            answered.run();
        }

        @Override
        public void failed(Exception reason) {
            unsent.run();
        }

        @Override
        public void cancel() {
            unsent.run();
        }
    }
}
