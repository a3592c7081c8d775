package io.lambdadispatch.client.app;

import io.lambdadispatch.client.io.IoReactor;
import io.lambdadispatch.client.io.Staging;
import io.lambdadispatch.client.io.Ticker;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.hc.core5.util.Timeout;

/**
 * Connections to the app that are kept alive, last used first. It needs no upper bound of its own: there are never more
 * exchanges than channels. Confined to the reactor thread.
 */
public final class AppPool {
    private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(5);

    /** Apps close silent connections after some seconds, of their own choice, the most impatient ones after two. */
    private static final long SURELY_KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int INPUT_BYTES = 64 * 1024;
    private static final CompletableFuture<Boolean> NO = CompletableFuture.completedFuture(false);
    private static final CompletableFuture<Boolean> YES = CompletableFuture.completedFuture(true);

    private final IoReactor reactor;
    private final InetSocketAddress app;
    private final BooleanSupplier appIsEnding;
    private final Supplier<CompletableFuture<Boolean>> appEnds;
    private final int maxHeadBytes;
    private final Ticker ticker;
    private final Staging<RuntimeException> staging = new Staging<>();
    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES);
    private final ArrayDeque<AppConnection> idle = new ArrayDeque<>();

    /**
     * @param appIsEnding whether a part of the app is in the middle of its end
     * @param appEnds asked when nobody listens any more: whether the app is about to end
     */
    public AppPool(
            IoReactor reactor,
            InetSocketAddress app,
            BooleanSupplier appIsEnding,
            Supplier<CompletableFuture<Boolean>> appEnds,
            int maxHeadBytes,
            Ticker ticker) {
        this.reactor = reactor;
        this.app = app;
        this.appIsEnding = appIsEnding;
        this.appEnds = appEnds;
        this.maxHeadBytes = maxHeadBytes;
        this.ticker = ticker;
    }

    /**
     * Begins an exchange on a connection that is kept alive, or on a new one. What cannot be sent twice does not go where the
     * app may just be hanging up.
     */
    public AppConnection begin(AppExchange exchange, AppRequestHead head) {
        boolean anyIsGood = !idle.isEmpty() && (head.isIdempotent() || isSurelyKept(idle.peekFirst()));
        return anyIsGood ? begin(idle.pollFirst(), exchange, head) : beginFresh(exchange, head);
    }

    private boolean isSurelyKept(AppConnection connection) {
        return now() - connection.idleSince() < SURELY_KEPT_NANOS;
    }

    long now() {
        return ticker.now();
    }

    /** Begins an exchange on a new connection. */
    public AppConnection beginFresh(AppExchange exchange, AppRequestHead head) {
        AppConnection fresh = new AppConnection(this, maxHeadBytes);
        begin(fresh, exchange, head);
        reactor.connect(app, CONNECT_TIMEOUT, fresh);
        return fresh;
    }

    private static AppConnection begin(AppConnection connection, AppExchange exchange, AppRequestHead head) {
        connection.begin(exchange, head);
        return connection;
    }

    /**
     * Finds out whether the app is there that has just closed that connection: an app that was killed listens no more. One that
     * is about to stop in order does not either, but lives on for some time. Of an app that is just being killed the connection may
     * be closed long before the port, where the machine is busy.
     */
    void lookFor(AppConnection connection) {
        CompletableFuture<Boolean> isGone = appIsEnding.getAsBoolean() ? YES : ends();
        var unused = isGone.thenAccept(ends -> connection.appWasFound(!ends));
    }

    /**
     * Has it told when the app is gone for good, which has just failed an answer: a part of it has ended, and nobody listens any more.
     * Its process may live on all the same: a shell, or a supervisor that starts nothing again.
     *
     * @param told called on any thread, or never
     */
    public void whenGone(Runnable told) {
        var unused = ends().thenCompose(ends -> ends ? probe(true) : NO).thenAccept(isGone -> {
            if (isGone) {
                told.run();
            }
        });
    }

    private CompletableFuture<Boolean> ends() {
        return probe(false).thenCompose(isGone -> isGone ? appEnds.get() : NO);
    }

    private CompletableFuture<Boolean> probe(boolean isRefusalAsked) {
        CompletableFuture<Boolean> gone = new CompletableFuture<>();
        reactor.connect(app, CONNECT_TIMEOUT, new AppProbe(gone, isRefusalAsked));
        return gone;
    }

    /** Where requests collect within one event. */
    Staging<RuntimeException> staging() {
        return staging;
    }

    /** An empty buffer to read the app's bytes into, within one event. */
    ByteBuffer input() {
        return input.clear();
    }

    void keep(AppConnection connection) {
        idle.addFirst(connection);
    }

    void forget(AppConnection connection) {
        idle.remove(connection);
    }

    /** Closes all that are idle: an environment may be frozen between invokes, and the app may drop them meanwhile. */
    public void closeIdle() {
        while (!idle.isEmpty()) {
            idle.peekFirst().close();
        }
    }
}
