package io.lambdadispatch.it.load;

import io.lambdadispatch.it.load.Outcome.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Users who send so many requests a second whether they are answered or not (an open loop: a slow server is not spared),
 * each on a keep-alive connection that is free, or else a new one. One thread does it all.
 *
 * <p>Real users have files of their own. These share one process's: when most of them are taken, those who come wait for a connection,
 * and their time counts.
 */
public final class LoadGenerator implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_FOR_OVERDUE = SECOND / 4;
    private static final int MOST_CONNECTIONS = 12_000;
    private static final Duration GRACE = Duration.ofSeconds(30);

    private volatile InetSocketAddress server;
    private volatile boolean hasMoved;
    private final Workload workload;
    private final double perSecond;
    private volatile long durationNanos;
    private final Duration limit;
    private final CompletableFuture<LoadReport> report = new CompletableFuture<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Deque<UserConnection> resting = new ArrayDeque<>();
    private final Set<UserConnection> busy = new LinkedHashSet<>();
    private final Deque<Coming> coming = new ArrayDeque<>();
    private final PriorityQueue<Pause> pauses = new PriorityQueue<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final Selector selector;
    private volatile long startedNanos;
    private long lateNanos;
    private int mostConnections;
    private int sentAgain;

    private record Coming(LoadRequest request, long dueNanos) {}

    private record Pause(long untilNanos, UserConnection connection, int number) implements Comparable<Pause> {
        @Override
        public int compareTo(Pause other) {
            return Long.compare(untilNanos - other.untilNanos, 0);
        }
    }

    private LoadGenerator(URI router, Workload workload, double perSecond, Duration duration, Duration limit)
            throws IOException {
        this.server = address(router);
        this.workload = workload;
        this.perSecond = perSecond;
        this.durationNanos = duration.toNanos();
        this.limit = limit;
        this.selector = Selector.open();
    }

    /**
     * Begins at once, on a thread of its own.
     *
     * @param perSecond requests
     * @param duration how long new ones are sent
     * @param limit after which a user gives up
     */
    public static LoadGenerator start(
            URI router, Workload workload, double perSecond, Duration duration, Duration limit) throws IOException {
        LoadGenerator generator = new LoadGenerator(router, workload, perSecond, duration, limit);
        generator.startedNanos = System.nanoTime();
        Thread thread = new Thread(generator::run, "load");
        thread.setDaemon(true);
        thread.start();
        return generator;
    }

    private static InetSocketAddress address(URI router) {
        return new InetSocketAddress(router.getHost(), router.getPort());
    }

    /**
     * New connections go to that router from now on, as behind a balancer that has seen the first one's health turn. Those that are
     * open are used until they are closed; a safe request on one that closes at that very moment is sent again, as balancers and
     * browsers do (RFC 9110 §9.2.2).
     */
    public void moveTo(URI router) {
        server = address(router);
        hasMoved = true;
    }

    /** No new requests are sent when that time has gone by from now. */
    public void endAfter(Duration more) {
        durationNanos = System.nanoTime() - startedNanos + more.toNanos();
    }

    /** No new requests are sent. */
    @Override
    public void close() {
        endAfter(Duration.ZERO);
    }

    /** When it was begun, {@link System#nanoTime()}. */
    public long startedNanos() {
        return startedNanos;
    }

    /** Waits until the last request has ended. */
    public LoadReport await() throws InterruptedException {
        long longest = durationNanos + limit.plus(GRACE).toNanos();
        try {
            return report.get(longest, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the load generator failed", e);
        }
    }

    private void run() {
        try (selector) {
            long cpuBefore = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            loop();
            long cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuBefore;
            new ArrayList<>(resting).forEach(UserConnection::close);
            report.complete(new LoadReport(outcomes, startedNanos, cpuNanos, lateNanos, mostConnections, sentAgain));
        } catch (IOException | RuntimeException e) {
            report.completeExceptionally(e);
        }
    }

    private void loop() throws IOException {
        long sent = 0;
        long lookedForOverdue = startedNanos;
        for (long last = last(); sent < last || !coming.isEmpty() || !busy.isEmpty(); last = last()) {
            long now = System.nanoTime();
            while (sent < last && now - due(sent) >= 0) {
                lateNanos = Math.max(lateNanos, now - due(sent));
                coming.add(new Coming(workload.next(), due(sent++)));
            }
            while (!coming.isEmpty() && (!resting.isEmpty() || busy.size() < MOST_CONNECTIONS)) {
                Coming first = coming.remove();
                send(first.request(), first.dueNanos());
            }
            while (!pauses.isEmpty() && now - pauses.peek().untilNanos() >= 0) {
                Pause over = pauses.remove();
                over.connection().sendNextPiece(over.number());
            }
            if (now - lookedForOverdue >= LOOK_FOR_OVERDUE) {
                lookedForOverdue = now;
                busy.stream()
                        .filter(connection -> connection.isOverdue(now))
                        .toList()
                        .forEach(UserConnection::giveUp);
            }
            select(sent < last ? due(sent) : now + LOOK_FOR_OVERDUE);
        }
    }

    private long last() {
        return (long) (perSecond * durationNanos / SECOND);
    }

    private long due(long number) {
        return startedNanos + (long) (number * (SECOND / perSecond));
    }

    private void send(LoadRequest request, long dueNanos) {
        UserConnection connection = resting.pollFirst();
        while (connection != null && connection.hasEnded()) {
            connection = resting.pollFirst();
        }
        try {
            if (connection == null) {
                connection = new UserConnection(this, selector, server, buffer);
            }
        } catch (IOException e) {
            outcomes.add(new Outcome(
                    Kind.NOT_CONNECTED,
                    request.route(),
                    request.isSafe(),
                    0,
                    dueNanos,
                    System.nanoTime(),
                    null,
                    String.valueOf(e.getMessage())));
            return;
        }
        busy.add(connection);
        mostConnections = Math.max(mostConnections, busy.size() + resting.size());
        connection.send(request, dueNanos, dueNanos + limit.toNanos());
    }

    private void select(long nextDue) throws IOException {
        long until =
                pauses.isEmpty() ? nextDue : Math.min(nextDue, pauses.peek().untilNanos());
        if (until - System.nanoTime() > 0) {
            // No finer: at 1,000 a second it would else hardly ever sleep.
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
        } else {
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid()) {
                ((UserConnection) key.attachment()).selected();
            }
        }
        selector.selectedKeys().clear();
    }

    /** The connection sends the next piece of its request of that number later. */
    void afterPause(UserConnection connection, int number, long pauseNanos) {
        pauses.add(new Pause(System.nanoTime() + pauseNanos, connection, number));
    }

    void ended(UserConnection connection, Outcome outcome) {
        busy.remove(connection);
        outcomes.add(outcome);
    }

    /** Whether this request, on which its connection ended without a word, was sent on another one. */
    boolean sendsAgain(UserConnection connection, LoadRequest request, long dueNanos) {
        if (!hasMoved || !request.isSafe()) {
            return false;
        }
        busy.remove(connection);
        sentAgain++;
        request.pieces().forEach(ByteBuffer::rewind);
        send(request, dueNanos);
        return true;
    }

    /** The connection can take another request. */
    void rests(UserConnection connection) {
        resting.addFirst(connection);
    }

    void gone(UserConnection connection) {
        resting.remove(connection);
        busy.remove(connection);
    }
}
