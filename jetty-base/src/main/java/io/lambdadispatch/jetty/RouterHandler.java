package io.lambdadispatch.jetty;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lambdadispatch.router.assembly.Router;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Lets every request into the router, by the port that it has come to, on the thread that has read it. And notices users on HTTP/1.1 who
 * hang up while their request waits or runs: Jetty by itself finds out at the next write, which for a request in the queue may be minutes
 * later; over HTTP/2 the protocol tells.
 *
 * <p>Most requests are answered long before anybody could lose patience, so nothing is done for them. Connections whose request is older than a
 * moment are read ahead. Users who close their sending side and still want a response are taken for users who left, as
 * other proxies do.
 */
final class RouterHandler extends Handler.Abstract.NonBlocking {
    private static final long LOOK_EVERY_MS = 250;

    private final Router router;

    @GuardedBy("this")
    private Scheduler.Task next;

    @GuardedBy("this")
    private boolean isOver;

    RouterHandler(Router router) {
        this.router = router;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        lookAgain();
    }

    @Override
    protected void doStop() throws Exception {
        synchronized (this) {
            isOver = true;
            next.cancel();
        }
        super.doStop();
    }

    private synchronized void lookAgain() {
        if (!isOver) {
            next = getServer().getScheduler().schedule(this::look, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        CoreEnd end = new CoreEnd(request, response, callback);
        if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection) {
            request.addHttpStreamWrapper(PatientStream::new);
        } else if (request.getConnectionMetaData().getConnection() instanceof UserConnection connection) {
            connection.onHangUp(end);
        }
        router.enter(Request.getLocalPort(request), end);
        return true;
    }

    private void look() {
        try {
            long now = System.nanoTime();
            for (Connector connector : getServer().getConnectors()) {
                if (connector instanceof UsersConnector users) {
                    users.watchOlder(now, TimeUnit.MILLISECONDS.toNanos(LOOK_EVERY_MS));
                }
            }
        } finally {
            lookAgain();
        }
    }
}
