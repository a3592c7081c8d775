package io.lambdadispatch.client.router;

import io.lambdadispatch.client.io.IoReactor;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The connections of one invoke to its router: as few as carry all channels. The first one tells how many streams the router
 * allows on one; the others follow. Events come on the reactor thread; {@link #heartbeat}, {@link #any},
 * {@link #withRoom} and {@link #close} may be called from any.
 */
public final class RouterLink implements RouterConnection.Owner {
    /** More on one connection would cost time: HttpCore looks at all streams of a connection in each event. */
    private static final int MOST_CHANNELS = 96;

    /** Streams that are left free at first: for channels that are answered while their requests still come in, for ping and close. */
    private static final int SPARE_STREAMS = 4;

    private static final int MOST_CONNECTIONS = 64;

    /** Hears what becomes of the connections, on the reactor thread. */
    public interface Owner {
        /** Channels may be opened on it now. */
        void connectionReady(RouterConnection connection, int channels);

        void routerGoingAway();

        void routerLost(boolean wasConnected, Exception cause);

        /** After {@link RouterLink#close}: everything is sent, and the last connection is closed. */
        void linkClosed();
    }

    private final IoReactor reactor;
    private final RouterAddress router;
    private final RouterTls tls;
    private final int channels;
    private final Owner owner;
    private final List<RouterConnection> connections = new CopyOnWriteArrayList<>();
    private int channelsLeft;
    private boolean limitKnown;
    private volatile InetSocketAddress address;
    private volatile boolean closed;

    public RouterLink(IoReactor reactor, RouterAddress router, RouterTls tls, int channels, Owner owner) {
        this.reactor = reactor;
        this.router = router;
        this.tls = tls;
        this.channels = channels;
        this.owner = owner;
        this.channelsLeft = channels;
    }

    /** Begins; returns at once. */
    public void connect() {
        router.resolve(this::connect);
    }

    private void connect(InetSocketAddress resolved) {
        if (closed) {
            return;
        }
        if (resolved.isUnresolved()) {
            owner.routerLost(false, new UnknownHostException(router.host()));
        } else {
            address = resolved;
            connectOnce();
        }
    }

    private void connectOnce() {
        RouterConnection connection = new RouterConnection(address, tls, this);
        connections.add(connection);
        connection.connect(reactor);
        if (closed) {
            // By another thread, which may not have seen this connection.
            connection.abort();
        }
    }

    @Override
    public void ready(RouterConnection connection, int maxConcurrentStreams) {
        if (closed) {
            return;
        }
        int most = Math.max(1, Math.min(MOST_CHANNELS, maxConcurrentStreams - SPARE_STREAMS));
        if (!limitKnown) {
            limitKnown = true;
            int needed = Math.min(MOST_CONNECTIONS, (channels + most - 1) / most);
            for (int i = 1; i < needed; i++) {
                connectOnce();
            }
        }
        int share = Math.min(most, channelsLeft);
        channelsLeft -= share;
        owner.connectionReady(connection, share);
    }

    @Override
    public void goingAway(RouterConnection connection) {
        if (!closed) {
            owner.routerGoingAway();
        }
    }

    @Override
    public void lost(RouterConnection connection, boolean wasConnected, Exception cause) {
        connections.remove(connection);
        if (!closed) {
            owner.routerLost(wasConnected, cause);
        } else if (connections.isEmpty()) {
            owner.linkClosed();
        }
    }

    /** A connection that takes a control request, or {@code null}. */
    public RouterConnection any() {
        for (RouterConnection connection : connections) {
            if (connection.isUsable()) {
                return connection;
            }
        }
        return null;
    }

    /** A connection that takes one more channel, that one if it can; {@code null} when none does. */
    public RouterConnection withRoom(RouterConnection preferred) {
        if (preferred.hasRoom()) {
            return preferred;
        }
        for (RouterConnection connection : connections) {
            if (connection.hasRoom()) {
                return connection;
            }
        }
        return null;
    }

    public void heartbeat(long now) {
        connections.forEach(connection -> connection.heartbeat(now));
    }

    /** Sends what is still to be sent and closes all connections; what is open on them fails, and is not told. */
    public void close() {
        closed = true;
        connections.forEach(RouterConnection::close);
        if (connections.isEmpty()) {
            owner.linkClosed();
        }
    }

    /** Closes all connections at once. */
    public void abort() {
        closed = true;
        connections.forEach(RouterConnection::abort);
    }
}
