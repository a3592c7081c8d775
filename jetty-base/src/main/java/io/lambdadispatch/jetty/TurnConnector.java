package io.lambdadispatch.jetty;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;

/** A port whose selectors know their turns, so that what they write to instances in one turn is sent at once. */
class TurnConnector extends ServerConnector {
    /** Selectors accept. */
    private static final int NO_ACCEPTORS = 0;

    private final boolean isForInstances;

    TurnConnector(Server server, int selectors, boolean isForInstances, ConnectionFactory... factories) {
        super(server, null, null, null, NO_ACCEPTORS, selectors, factories);
        this.isForInstances = isForInstances;
    }

    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new ServerConnectorManager(executor, scheduler, selectors) {
            @Override
            protected ManagedSelector newSelector(int id) {
                return new TurnSelector(this, id);
            }

            @Override
            protected SelectableChannel doAccept(SelectableChannel door) throws IOException {
                return mayAccept() ? super.doAccept(door) : null;
            }
        };
    }

    /** Asked before each connection; if not, it stays in the kernel's queue, and the selector goes on looking there. */
    boolean mayAccept() {
        return true;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        TurnSelector turns = (TurnSelector) selector;
        SocketChannelEndPoint endPoint = isForInstances
                ? new GatheringEndPoint(channel, turns, key, getScheduler(), getByteBufferPool())
                : new TurnEndPoint(channel, turns, key, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
