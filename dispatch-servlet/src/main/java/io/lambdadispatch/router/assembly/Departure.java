package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.config.ShutdownSettings;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a router leaves, in an order that loses no request:
 *
 * <ol>
 *   <li>{@code /health} answers {@code 503}. New users are still served for {@code DrainDelay}, because load balancers need
 *       some checks to notice; but each answer that begins is the last one on its connection, and says so, so that users on kept
 *       connections leave too. A connection whose answer had begun before is kept: to close it behind that answer could cost the
 *       request that comes meanwhile.
 *   <li>No more connections are accepted: whoever tries is refused before he has sent anything, and may go elsewhere with
 *       whatever he wants. Those let in last have a moment to say what they came for; then connections on which nothing is asked
 *       are closed, so that users of old ones know as well before they have sent anything.
 *   <li>Whoever comes on an old connection all the same is answered {@code 503}; connections end with their answers, which is
 *       kinder, also where these had begun too early to say so. The queue is served, instances finish what they
 *       run and are told to go away, slow users get the rest of their answers: all in {@code ShutdownTimeout}. Instances may
 *       call back until the last one has left.
 *   <li>What is unfinished then is cut off and told.
 * </ol>
 *
 * <p>Instances are needed to the end, so their ports are closed last, by the caller.
 */
public final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    /** A handshake and a request's head, from far away or over a slow line. */
    private static final Duration LAST_CALL = Duration.ofSeconds(1);

    private static final long LOOK_AGAIN_MS = 20;

    private final Router router;
    private final ShutdownSettings settings;
    private final UserConnections users;

    public Departure(Router router, ShutdownSettings settings, UserConnections users) {
        this.router = router;
        this.settings = settings;
        this.users = users;
    }

    /**
     * Leaves. Blocks until everything is finished or cut off; to be called once.
     *
     * @return what was cut off
     * @throws InterruptedException when the calling thread is to give up waiting; nothing has been cut off then
     */
    public Unfinished run() throws InterruptedException {
        LOG.info(
                "leaving (DrainDelay {} s, ShutdownTimeout {} s): {}",
                seconds(settings.drainDelay()),
                seconds(settings.timeout()),
                unfinished());
        router.leave();
        Thread.sleep(settings.drainDelay().toMillis());
        return drain();
    }

    /** Leaves at once, because nobody can come any more: like {@link #run}, without the delay. */
    Unfinished drain() throws InterruptedException {
        long start = System.nanoTime();
        long deadline = start + settings.timeout().toNanos();
        router.leave();
        users.stopAccepting();
        awaitLastRequests(Math.min(start + LAST_CALL.toNanos(), deadline));
        closeIdle(Math.min(System.nanoTime() + LAST_CALL.toNanos(), deadline));
        users.closeAfterAnswers();
        router.turnAway();
        // A busy router takes a while to read what has come: whoever has asked is not closed, but answered.
        if (awaitFinished(deadline)) {
            LOG.info("everything was finished");
            router.endConsole();
            return Unfinished.NOTHING;
        }
        Unfinished cut = unfinished();
        LOG.warn("not everything was finished in {} s; cut off: {}", seconds(settings.timeout()), cut);
        router.abandon();
        router.endConsole();
        return cut;
    }

    /** Looks twice: between the first byte of a request and a request that somebody counts lies a moment. */
    private boolean awaitFinished(long deadlineNanos) throws InterruptedException {
        int[] looks = {0};
        return await(
                () -> {
                    boolean isFinished = users.closeIdle() == 0 && unfinished().isNothing();
                    looks[0] = isFinished ? looks[0] + 1 : 0;
                    return looks[0] == 2;
                },
                deadlineNanos);
    }

    /** Looks twice, for the same reason. */
    private void awaitLastRequests(long deadlineNanos) throws InterruptedException {
        for (int looks = 0; looks < 2 && System.nanoTime() - deadlineNanos < 0; ) {
            looks = users.idle() == 0 ? looks + 1 : 0;
            Thread.sleep(LOOK_AGAIN_MS);
        }
    }

    /** A busy router takes a while for it, and goes on serving meanwhile. */
    private void closeIdle(long deadlineNanos) throws InterruptedException {
        boolean unused = await(() -> users.closeIdle() == 0, deadlineNanos);
    }

    private Unfinished unfinished() {
        return router.unfinished().withExchanges(users.exchanges());
    }

    private static boolean await(BooleanSupplier condition, long deadlineNanos) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos >= 0) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN_MS);
        }
        return true;
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
    }
}
