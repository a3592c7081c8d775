package io.lambdadispatch.client;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.util.Timeout;

/** A connection that only finds out whether somebody listens, and tells whether it was refused. On the reactor thread. */
record AppProbe(Consumer<Boolean> refused) implements IoReactor.Connector, IOEventHandler {
    /** Nobody listens on the app's port: the app is gone. */
    static boolean isRefusal(Exception cause) {
        return cause instanceof ConnectException && !(cause instanceof NoRouteToHostException);
    }

    @Override
    public IOEventHandler handlerOf(ProtocolIOSession session) {
        return this;
    }

    @Override
    public void connected(IOSession session) {
        session.close(CloseMode.GRACEFUL);
        refused.accept(false);
    }

    @Override
    public void connectFailed(Exception cause) {
        refused.accept(isRefusal(cause));
    }

    @Override
    public void inputReady(IOSession session, ByteBuffer src) {}

    @Override
    public void outputReady(IOSession session) {}

    @Override
    public void timeout(IOSession session, Timeout timeout) {}

    @Override
    public void exception(IOSession session, Exception cause) {}

    @Override
    public void disconnected(IOSession session) {}
}
