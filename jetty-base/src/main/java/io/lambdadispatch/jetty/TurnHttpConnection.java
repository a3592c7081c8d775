package io.lambdadispatch.jetty;

import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * A connection that reads on, when a request was answered by another connection's event, at the end of that event's turn. Jetty
 * would wake a thread for it each time.
 */
final class TurnHttpConnection extends HttpConnection {
    TurnHttpConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
        super(configuration, connector, endPoint);
    }

    @Override
    protected Executor getExecutor() {
        TurnSelector turn = TurnSelector.current();
        return turn == null ? super.getExecutor() : turn::atEndOfTurn;
    }
}
