package io.lambdadispatch.jetty;

import io.lambdadispatch.router.assembly.UserConnections;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A users' port, with the steps by which it is closed without losing a request. */
final class UsersConnector extends TurnConnector implements UserConnections {
    private static final Logger LOG = LoggerFactory.getLogger(UsersConnector.class);

    private static final long SELECTOR_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Connections that were accepted and are not yet among the connected end points. */
    private final Set<SelectableChannel> arriving = ConcurrentHashMap.newKeySet();

    /** All of them, from the moment that they are accepted. */
    private final Set<SelectableChannel> connections = ConcurrentHashMap.newKeySet();

    private final UserConnectionLimit limit;

    UsersConnector(Server server, UserConnectionLimit limit, int selectors, ConnectionFactory... factories) {
        super(server, selectors, false, factories);
        this.limit = limit;
        limit.add(this);
        // Jetty would put this limit on connections with a request in flight as well.
        setShutdownIdleTimeout(-1);
        addBean(new SelectorManager.AcceptListener() {
            @Override
            public void onAccepting(SelectableChannel channel) {
                arriving.add(channel);
                connections.add(channel);
                limit.onAccepted();
            }

            @Override
            public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
                arriving.remove(channel);
                onClosed(channel);
            }
        });
    }

    @Override
    boolean mayAccept() {
        if (!limit.isReached()) {
            return true;
        }
        watchDoor();
        return false;
    }

    /**
     * Has the selector look whether somebody wants to come in while there is room for them, and not while there is none. What holds is
     * what the limit says when the selector gets round to it: so calls need no order.
     */
    void watchDoor() {
        for (ManagedSelector selector : getSelectorManager().getBeans(ManagedSelector.class)) {
            selector.submit(keys -> {
                SelectionKey key = getTransport() instanceof ServerSocketChannel door ? door.keyFor(keys) : null;
                if (key != null && key.isValid()) {
                    key.interestOps(limit.isReached() ? 0 : SelectionKey.OP_ACCEPT);
                }
            });
        }
    }

    @Override
    protected void onEndPointOpened(EndPoint endPoint) {
        super.onEndPointOpened(endPoint);
        arriving.remove(endPoint.getTransport());
    }

    @Override
    protected void onEndPointClosed(EndPoint endPoint) {
        super.onEndPointClosed(endPoint);
        onClosed(endPoint.getTransport());
    }

    private void onClosed(Object connection) {
        if (connections.remove(connection)) {
            limit.onClosed();
        }
    }

    /**
     * Closing a listening socket resets the connections in its backlog, which their users believe to be open. So the selector
     * stops accepting first, and what it has left there is taken in.
     */
    @Override
    public void stopAccepting() {
        ServerSocketChannel door = (ServerSocketChannel) getTransport();
        setAccepting(false);
        try (door) {
            awaitSelectorHasLetGo(door);
            for (SocketChannel last = door.accept(); last != null; last = door.accept()) {
                last.configureBlocking(false);
                configure(last.socket());
                getSelectorManager().accept(last);
            }
        } catch (IOException e) {
            LOG.warn("closing port {}", getPort(), e);
        }
        for (SessionContainer http2 : getContainedBeans(SessionContainer.class)) {
            var unused = http2.shutdown();
        }
    }

    @Override
    public void closeAfterAnswers() {
        var unused = shutdown();
    }

    private static void awaitSelectorHasLetGo(ServerSocketChannel door) {
        long start = System.nanoTime();
        while (door.isRegistered() && System.nanoTime() - start < SELECTOR_LIMIT_NANOS) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    @Override
    public int closeIdle() {
        int left = arriving.size();
        for (EndPoint endPoint : getConnectedEndPoints()) {
            if (innermost(endPoint.getConnection()) instanceof UserConnection http
                    && http.isAtRest()
                    && http.getEndPoint() instanceof AbstractEndPoint idle) {
                left++;
                if (!hasUnread(endPoint)) {
                    // Does nothing once a request's first bytes are being read.
                    idle.getFillInterest().onFail(new EofException("router is leaving"));
                }
            }
        }
        return left;
    }

    /** Whether something has come that no selector has got round to yet. */
    private static boolean hasUnread(EndPoint endPoint) {
        try {
            return endPoint.getTransport() instanceof SocketChannel channel
                    && channel.socket().getInputStream().available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Has the connections whose request is older than that look whether their user hangs up. */
    void watchOlder(long nowNanos, long ageNanos) {
        for (EndPoint endPoint : getConnectedEndPoints()) {
            if (innermost(endPoint.getConnection()) instanceof UserConnection http) {
                http.watchIfOlder(nowNanos, ageNanos);
            }
        }
    }

    @Override
    public int idle() {
        int idle = arriving.size();
        for (EndPoint endPoint : getConnectedEndPoints()) {
            if (!endPoint.isOutputShutdown() && exchanges(endPoint.getConnection()) == 0) {
                idle++;
            }
        }
        return idle;
    }

    @Override
    public int exchanges() {
        int exchanges = 0;
        for (EndPoint endPoint : getConnectedEndPoints()) {
            exchanges += exchanges(endPoint.getConnection());
        }
        return exchanges;
    }

    private static int exchanges(Connection connection) {
        Connection inner = innermost(connection);
        if (inner instanceof UserConnection http) {
            return http.hasRequest() ? 1 : 0;
        }
        return inner instanceof HTTP2Connection http2
                ? http2.getSession().getStreams().size()
                : 0;
    }

    private static Connection innermost(Connection connection) {
        return connection instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : connection;
    }
}
