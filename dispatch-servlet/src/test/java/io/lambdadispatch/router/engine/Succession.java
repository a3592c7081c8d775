package io.lambdadispatch.router.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * When the successors of instances are due, reckoned by one who only sees instances open and hears when they will leave: twice the
 * time of a start before that, but at least 1 s and at most 10 s, and not before three quarters of the instance's life; earlier by
 * a quarter of this with the random number 0.5. The time of a start is 4 s until one is seen; then each takes part with 30 %.
 *
 * <p>A fleet looks now and then, and what it then knows counts. So a due time is two: the earliest and the latest of what it could
 * have known when it looked. All times are ns since the same moment.
 */
final class Succession {
    private static final long FIRST_GUESS = Duration.ofSeconds(4).toNanos();
    private static final long LEAST = Duration.ofSeconds(1).toNanos();
    private static final long MOST = Duration.ofSeconds(10).toNanos();
    private static final double LATEST_SHARE = 0.3;
    private static final double EARLIER = 1.25;

    private final long lookNanos;
    private final Map<LambdaInstance, Life> lives = new HashMap<>();
    private long startup = FIRST_GUESS;
    private boolean isStartupKnown;

    /** What is known of an instance. */
    private static final class Life {
        Long opened;
        Long leaves;

        /** Since when both are known. */
        long known;

        long earliest = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;

        boolean isKnown() {
            return opened != null && leaves != null;
        }

        void reckon(long startup) {
            long lead = Math.max(LEAST, Math.min(MOST, 2 * startup));
            long quarter = Math.max(0, leaves - opened) / 4;
            long due = leaves - (long) (Math.min(lead, quarter) * EARLIER);
            earliest = Math.min(earliest, due);
            latest = Math.max(latest, due);
        }
    }

    /**
     * @param look within which a fleet looks at all of its instances
     */
    Succession(Duration look) {
        this.lookNanos = look.toNanos();
    }

    /** It opened its first channel. */
    void opened(LambdaInstance instance, long now, long startupNanos) {
        Life life = life(instance);
        life.opened = now;
        life.known = now;
        // A look that was due comes before the news of how long it took.
        reckon(now);
        startup += (long) ((isStartupKnown ? LATEST_SHARE : 1) * (startupNanos - startup));
        isStartupKnown = true;
        reckon(now);
    }

    /** It says when it will leave; the first time counts. */
    void says(LambdaInstance instance, long now, long leaves) {
        Life life = life(instance);
        if (life.leaves == null) {
            life.leaves = leaves;
            life.known = now;
            reckon(now);
        }
    }

    private Life life(LambdaInstance instance) {
        return lives.computeIfAbsent(instance, unused -> new Life());
    }

    private void reckon(long now) {
        for (Life life : lives.values()) {
            if (life.isKnown() && now - life.known <= lookNanos) {
                life.reckon(startup);
            }
        }
    }

    /** Whether its successor is due. */
    boolean isDue(LambdaInstance instance, long now) {
        Life life = life(instance);
        return life.isKnown() && now >= life.earliest;
    }

    /** Whether its successor has been due for so long that the fleet must have looked since. */
    boolean isOverdue(LambdaInstance instance, long now) {
        Life life = life(instance);
        return life.isKnown() && now >= Math.max(life.latest, life.known) + lookNanos;
    }
}
