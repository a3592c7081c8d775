package io.lambdadispatch.jetty;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.ThreadPool;

/**
 * A Jetty that calls its servlets on the very thread that read the request, because ours never block. That saves two thread
 * switches a request; a servlet context by itself always claims that it might block.
 */
final class NonBlockingServer extends Server {
    NonBlockingServer(ThreadPool threads) {
        super(threads);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
