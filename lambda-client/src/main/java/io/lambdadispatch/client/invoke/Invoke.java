package io.lambdadispatch.client.invoke;

import io.lambdadispatch.client.app.App;
import io.lambdadispatch.client.app.AppPool;
import io.lambdadispatch.client.app.AppUnreachableError;
import io.lambdadispatch.client.app.Origin;
import io.lambdadispatch.client.channel.Channel;
import io.lambdadispatch.client.channel.ExchangeContext;
import io.lambdadispatch.client.config.ClientConfig;
import io.lambdadispatch.client.io.IoReactor;
import io.lambdadispatch.client.io.Ticker;
import io.lambdadispatch.client.router.ControlCall;
import io.lambdadispatch.client.router.ControlRequests;
import io.lambdadispatch.client.router.InvokeClock;
import io.lambdadispatch.client.router.RouterAddress;
import io.lambdadispatch.client.router.RouterConnection;
import io.lambdadispatch.client.router.RouterLink;
import io.lambdadispatch.client.router.RouterTls;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.HeadReader;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.protocol.InvokeRequest;
import java.net.URI;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.H2StreamResetException;
import org.apache.hc.core5.net.URIAuthority;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One invoke that serves requests: connects to its router, keeps its channels open, and ends by the rules of {@link
 * InvokeLife}, whose actions it carries out. {@link #result} completes in any case, at the deadline at the latest.
 */
public final class Invoke implements RouterLink.Owner, Channel.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Invoke.class);
    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PING_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A router that does not take the last bytes within this time does not get them. */
    private static final long SENDING_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final InvokeRequest request;
    private final InvokeTimes times;
    private final Ticker ticker;
    private final InvokeLife life;
    private final RouterLink link;
    private final ControlRequests control;
    private final AppPool app;
    private final ExchangeContext context;
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<InvokeReply> result = new CompletableFuture<>();
    private final long channelIdPrefix = UUID.randomUUID().getMostSignificantBits();
    private final AtomicLong channelIds = new AtomicLong();

    /** Where channels ended without a request; the next tick opens them again, so that no router is flooded. */
    private final Queue<RouterConnection> owed = new ConcurrentLinkedQueue<>();

    /** Channels to be opened as soon as any stream is over, for no connection has room for them. */
    private final AtomicInteger waitingForRoom = new AtomicInteger();

    private volatile AutoCloseable ticks;
    private volatile boolean ended;
    private volatile long endedAt;
    private volatile AppUnreachableError death;
    private volatile long pingedAt;
    private volatile boolean pingAnswered = true;

    /**
     * @param request without {@link InvokeRequest#faults()}, and not init-only
     * @throws IllegalArgumentException when its certificate pin or its router's port is none
     */
    public Invoke(
            InvokeRequest request,
            InvokeTimes times,
            ClientConfig config,
            App served,
            IoReactor reactor,
            Ticker ticker) {
        URI url = URI.create(request.dispatcherUrl());
        boolean secure = url.getScheme().equals("https");
        int port = url.getPort() > 0 ? url.getPort() : secure ? 443 : 80;
        // A URI shows an IPv6 address in brackets.
        String host = url.getHost().replace("[", "").replace("]", "");
        RouterTls tls = secure ? RouterTls.of(request.routerCertificateSha256(), config.trust()) : null;
        this.request = request;
        this.times = times;
        this.ticker = ticker;
        this.life = new InvokeLife(times, ticker.now());
        this.link = new RouterLink(reactor, new RouterAddress(host, port), tls, request.numberOfChannels(), this);
        this.control = new ControlRequests(
                request,
                url.getScheme(),
                new URIAuthority(url.getHost(), port),
                new InvokeClock(ticker, System.currentTimeMillis()),
                times.leaveAt());
        this.app = new AppPool(
                reactor, config.appAddress(), served::isEnding, served::endsSoon, HeadReader.DEFAULT_MAX_BYTES, ticker);
        this.context = ExchangeContext.of(
                control, new Origin(request.poolIdOrDefault(), request.id()), app, config.compression());
    }

    /** Begins; returns at once. */
    public CompletableFuture<InvokeReply> start() {
        ticks = ticker.start(this::tick);
        link.connect();
        return result;
    }

    /** The process of the app has ended, so this invoke fails with that error, within a second. */
    public void appDied(AppUnreachableError cause) {
        death = cause;
        act(life.appDied(ticker.now()));
    }

    /** Leaves early, because the environment is shut down. */
    public void leave() {
        act(life.leave(ExitReason.SELF_DEADLINE, ticker.now()));
    }

    private void tick() {
        long now = ticker.now();
        if (ended) {
            if (now - endedAt > SENDING_NANOS || now - times.replyAt() >= 0) {
                link.abort();
                complete();
            }
            return;
        }
        act(life.tick(now));
        link.heartbeat(now);
        openOwed();
        if (life.isConnected()) {
            pingWhenDue(now);
        }
    }

    private void openOwed() {
        for (int i = owed.size(); i > 0; i--) {
            RouterConnection loser = owed.poll();
            if (loser != null) {
                openChannel(loser);
            }
        }
    }

    private void pingWhenDue(long now) {
        if (!pingAnswered) {
            if (now - pingedAt > PING_ANSWER_NANOS) {
                LOG.warn("router does not answer pings");
                act(life.lost(ExitReason.ROUTER_CONNECTION_ERROR));
            }
        } else if (now - pingedAt > PING_NANOS) {
            RouterConnection connection = link.any();
            if (connection != null) {
                pingAnswered = false;
                pingedAt = now;
                connection.open(new ControlCall(control.ping(), this::pingAnswered, () -> {}));
            }
        }
    }

    private void pingAnswered(int status) {
        pingAnswered = true;
        // Once this side leaves, the router no longer wants it: that is no news, but the ping was a life sign.
        if (status != 200 && status != ControlCall.NO_ANSWER && life.isServing()) {
            refused("ping", status);
        }
    }

    private void refused(String what, int status) {
        LOG.info("router answers {} with {}", what, status);
        act(life.leave(ExitReason.ofRouterStatus(status), ticker.now()));
    }

    /** Opens a channel on that connection, or else on one that has room. */
    private void openChannel(RouterConnection preferred) {
        RouterConnection connection = link.withRoom(preferred);
        if (connection == null) {
            waitingForRoom.incrementAndGet();
        } else if (life.open()) {
            String id = new UUID(channelIdPrefix, channelIds.incrementAndGet()).toString();
            Channel channel = new Channel(id, connection, context, this);
            channels.add(channel);
            connection.openChannel(channel);
        }
    }

    /** Carries out what the rules decided; never under their lock. */
    private void act(InvokeLife.Action action) {
        switch (action) {
            case NOTHING -> {}
            case SEND_CLOSE -> sendClose();
            case STOP_PARKED -> channels.forEach(Channel::stop);
            case END -> end();
        }
    }

    private void sendClose() {
        RouterConnection connection = link.any();
        if (connection == null) {
            closeAnswered(ControlCall.NO_ANSWER);
            routerDrained();
        } else {
            connection.open(new ControlCall(control.close(), this::closeAnswered, this::routerDrained));
        }
    }

    private void closeAnswered(int status) {
        LOG.debug("router answers close with {}", status);
        act(life.closeAnswered(ticker.now()));
    }

    private void routerDrained() {
        act(life.routerDrained(ticker.now()));
    }

    /** Lambda freezes this process as soon as it has the reply, so whatever is to be sent must be sent before. */
    private void end() {
        endedAt = ticker.now();
        ended = true;
        link.close();
    }

    @Override
    public void linkClosed() {
        app.closeIdle();
        complete();
    }

    private void complete() {
        closeQuietly(ticks);
        if (life.isAppGone()) {
            AppUnreachableError cause = death;
            result.completeExceptionally(
                    cause == null ? new AppUnreachableError("the app refuses connections") : cause);
            return;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(ticker.now() - times.startedAt());
        result.complete(
                new InvokeReply(request.poolIdOrDefault(), request.id(), life.requests(), millis, life.reason()));
    }

    private static void closeQuietly(AutoCloseable ticks) {
        try {
            ticks.close();
        } catch (Exception e) {
            throw new IllegalStateException("cancelling a timer cannot fail", e);
        }
    }

    // What the router's connections tell.

    @Override
    public void connectionReady(RouterConnection connection, int share) {
        for (int i = 0; i < share; i++) {
            openChannel(connection);
        }
    }

    @Override
    public void routerGoingAway() {
        act(life.leave(ExitReason.ROUTER_GO_AWAY, ticker.now()));
    }

    @Override
    public void routerLost(boolean wasConnected, Exception cause) {
        LOG.warn("router connection of {}: {}", request.id(), describe(cause));
        act(life.lost(wasConnected ? ExitReason.ROUTER_CONNECTION_ERROR : ExitReason.ROUTER_UNREACHABLE));
    }

    /** A TLS failure hides its reason in a chain of causes. */
    private static String describe(Exception cause) {
        if (cause == null) {
            return "closed by the router";
        }
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        boolean told = cause.toString().contains(String.valueOf(root.getMessage()));
        return told ? cause.toString() : cause + ": " + root.getMessage();
    }

    // What the channels tell.

    @Override
    public void channelUp(Channel channel) {
        life.channelUp(ticker.now());
    }

    @Override
    public void requestBegan(Channel channel) {
        life.requestBegan(ticker.now());
    }

    @Override
    public void requestServed(Channel channel) {
        act(life.requestServed(ticker.now()));
    }

    @Override
    public void requestEnded(Channel channel) {
        channels.remove(channel);
        InvokeLife.Action action = life.requestEnded(ticker.now());
        openChannel(channel.connection());
        act(action);
    }

    @Override
    public void channelLost(Channel channel, Exception cause) {
        channels.remove(channel);
        if (cause instanceof H2StreamResetException reset && reset.getCode() != H2Error.REFUSED_STREAM.getCode()) {
            LOG.debug("channel was reset: {}", cause.toString());
        }
        InvokeLife.Action action = life.channelLost(ticker.now());
        owed.add(channel.connection());
        act(action);
    }

    @Override
    public void channelReleased(Channel channel) {
        RouterConnection connection = channel.connection();
        connection.channelReleased();
        if (waitingForRoom.getAndUpdate(waiting -> Math.max(0, waiting - 1)) > 0) {
            openChannel(connection);
        }
    }

    @Override
    public void routerStatus(Channel channel, int status) {
        channels.remove(channel);
        act(life.channelLost(ticker.now()));
        refused("a channel", status);
    }

    @Override
    public void goAway(Channel channel) {
        channels.remove(channel);
        act(life.goAway(ticker.now()));
    }

    @Override
    public void problem(ExitReason reason) {
        life.problem(reason);
    }

    @Override
    public void appGone() {
        act(life.appGone(ticker.now()));
    }
}
