package io.lambdadispatch.client.app;

import io.lambdadispatch.client.io.IoReactor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * A connection that only finds out whether somebody listens, and goes on to. Of a process that is killed the kernel closes one
 * connection after the other, and the listening one not first: whoever is let in must wait a moment to see whether he is
 * thrown out again.
 *
 * @param gone is told, on any thread, whether nobody does
 * @param isRefusalAsked whether only a refusal counts: an app that has too much to do throws out as well
 */
record AppProbe(CompletableFuture<Boolean> gone, boolean isRefusalAsked)
        implements IoReactor.Connector, IOEventHandler {
    private static final long MOMENT_MILLIS = 100;

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
        var unused = gone.whenComplete((isGone, failure) -> session.close(CloseMode.GRACEFUL));
        // The moment ends with an event of this connection: what has come meanwhile is read before, however late it is.
        CompletableFuture.delayedExecutor(MOMENT_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> session.setEvent(SelectionKey.OP_WRITE));
    }

    @Override
    public void connectFailed(Exception cause) {
        gone.complete(isRefusal(cause));
    }

    @Override
    public void inputReady(IOSession session, ByteBuffer src) throws IOException {
        int size = session.read(ByteBuffer.allocate(1));
        if (size != 0) {
            gone.complete(size < 0 && !isRefusalAsked);
        }
    }

    @Override
    public void outputReady(IOSession session) {
        gone.complete(false);
    }

    @Override
    public void timeout(IOSession session, Timeout timeout) {}

    @Override
    public void exception(IOSession session, Exception cause) {
        gone.complete(!isRefusalAsked);
    }

    @Override
    public void disconnected(IOSession session) {
        gone.complete(!isRefusalAsked);
    }
}
