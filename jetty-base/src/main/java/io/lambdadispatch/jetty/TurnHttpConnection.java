package io.lambdadispatch.jetty;

import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * A connection that reads on by itself when another connection's event has answered its request; Jetty would wake a thread for it
 * each time. As long as nothing has come it only has to wait, which is done at once; a request that has come already is taken at
 * the end of the turn, after what is left to do for the one before.
 */
final class TurnHttpConnection extends HttpConnection {
    private final Executor reader = this::readOn;

    TurnHttpConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
        super(configuration, connector, endPoint);
    }

    /** What is no request is answered as one of HTTP/1.1: only then Jetty says that the connection ends behind the answer. */
    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
        boolean isNone = uri.equals("/badMessage") && method.equals("BAD");
        return super.newHttpStream(method, uri, isNone ? HttpVersion.HTTP_1_1 : version);
    }

    @Override
    protected Executor getExecutor() {
        return TurnSelector.current() == null ? super.getExecutor() : reader;
    }

    private void readOn(Runnable reading) {
        if (isRequestBufferEmpty() && getEndPoint() instanceof TurnEndPoint socket && socket.isDrained()) {
            reading.run();
        } else {
            TurnSelector.current().atEndOfTurn(reading);
        }
    }
}
