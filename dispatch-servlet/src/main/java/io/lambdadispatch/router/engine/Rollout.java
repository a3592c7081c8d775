package io.lambdadispatch.router.engine;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * How instances are followed by others without a gap: those whose deadline nears, and those that an operator wants replaced. Both
 * are marked as expiring, which takes them out of what is counted as present, so that the fleet starts successors while they
 * serve on. Belongs to the scheduler's steps.
 */
final class Rollout {
    /** The successor of an instance is started that long before it leaves: twice the time of a start, within these. */
    private static final long LEAST_LEAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long MOST_LEAD_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A share of the lead by which those that started together are replaced one after the other. */
    private static final double LEAD_SPREAD = 0.5;

    /** An instance that lives so shortly that its successors would be replaced at once is replaced late. */
    private static final long LEAST_LIVES_PER_LEAD = 4;

    private final PoolSettings settings;
    private final Roster roster;
    private final StartupTime startup;
    private final PoolListener listener;
    private final DoubleSupplier random;

    /** An operator wants others in their place. */
    private final Set<LambdaInstance> replaced = new LinkedHashSet<>();

    Rollout(PoolSettings settings, Roster roster, StartupTime startup, PoolPorts ports) {
        this.settings = settings;
        this.roster = roster;
        this.startup = startup;
        this.listener = ports.listener();
        this.random = ports.random();
    }

    /** A successor is to serve before the instance, which is open, leaves at its deadline. */
    void replaceWhenDue(LambdaInstance instance, long now) {
        OptionalLong leavesAt = instance.reports.leavesAtNanos();
        if (leavesAt.isEmpty()) {
            return;
        }
        long remaining = leavesAt.getAsLong() - now;
        if (now - replaceAt(instance, leavesAt.getAsLong()) >= 0 && roster.markExpiring(instance)) {
            listener.instanceExpiring(settings.poolId(), instance, remaining);
        }
    }

    /** Found out once: what starts take later on changes nothing. */
    private long replaceAt(LambdaInstance instance, long leavesAt) {
        OptionalLong known = instance.vigil.replaceAtNanos();
        if (known.isPresent()) {
            return known.getAsLong();
        }
        long lead = Math.max(LEAST_LEAD_NANOS, Math.min(MOST_LEAD_NANOS, 2 * startup.nanos()));
        long most = Math.max(0, leavesAt - instance.openedAtNanos) / LEAST_LIVES_PER_LEAD;
        double spread = 1 + LEAD_SPREAD * random.getAsDouble();
        long replaceAt = leavesAt - (long) (Math.min(lead, most) * spread);
        instance.vigil.replaceAt(replaceAt);
        return replaceAt;
    }

    /** All instances that there are now are to leave, each as soon as another one serves in its place. */
    void replaceAll() {
        replaced.addAll(roster.all());
    }

    /** Marks those who are to be replaced; for the start of a step, before it is planned how many there are to be. */
    void markReplaced() {
        replaced.removeIf(instance -> switch (roster.stateOf(instance)) {
            case STARTING, OPEN -> false;
            case DRAINING, CLOSED -> true;
        });
        replaced.forEach(roster::markExpiring);
    }

    boolean isUnderWay() {
        return !replaced.isEmpty();
    }

    /**
     * Those who can leave now: one for each that serves in its place. While starts fail, less may be desired than is needed: then those
     * who serve must be enough for what there is to do, and nobody leaves before there is one.
     */
    List<LambdaInstance> dispensable(Observation books, int desired, boolean startsFail) {
        int successors = books.open() - books.expiring();
        if (startsFail && successors == 0) {
            return List.of();
        }
        int busy = (books.pending() + books.running() + settings.maxConcurrent() - 1) / settings.maxConcurrent();
        int needed = Math.max(0, Math.max(desired, busy) - successors);
        List<LambdaInstance> serving = replaced.stream()
                .filter(instance -> roster.stateOf(instance) == LambdaInstance.State.OPEN)
                .toList();
        return serving.subList(0, Math.max(0, serving.size() - needed));
    }
}
