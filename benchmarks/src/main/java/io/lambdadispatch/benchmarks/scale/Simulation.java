package io.lambdadispatch.router.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A pool between simulated users and a {@link SimulatedLambda}, to be told what happens as in a diary: this load from here on,
 * so much time passes, then look. The users of one seed come at the same moments and ask for the same work whichever planner
 * there is. It uses the engine only as the relay does.
 */
final class Simulation implements PoolListener {
    private static final int MANY = 100_000;

    private final FakeTime time;
    private final SplittableRandom users;
    private final SplittableRandom chance;
    private final SimulatedFunction function;
    private final SimulatedLambda lambda;
    private final Pool pool;

    private Object load;
    private int identities;
    private int asked;
    private int ended;

    // Since figures were asked for last.
    private double[] waits = new double[1_024];
    private int assigned;
    private int answered;
    private int refused;
    private int changes;
    private int peak;
    private double billedBefore;
    private int startsBefore;
    private int warmingsBefore;

    Simulation(FakeTime time, long seed, SimulatedFunction function, CapacityPlanner<?> planner) {
        this.time = time;
        this.users = new SplittableRandom(seed);
        this.chance = new SplittableRandom(seed + 1);
        this.function = function;
        this.lambda = new SimulatedLambda(function, time);
        this.pool = new Pool(
                TestPool.settings(function.maxConcurrent(), MANY),
                planner,
                new PoolPorts(lambda, this::nextIdentity, this, time, time, chance::nextDouble));
        lambda.callsBack(pool);
    }

    private Identity nextIdentity() {
        int number = identities++;
        return new Identity("instance-" + number, "token-" + number);
    }

    // What happens

    /** That many requests come at this moment. */
    void burst(int requests) {
        for (int i = 0; i < requests; i++) {
            request();
        }
    }

    /** From now on requests come like that. */
    void load(Load next) {
        load = next;
        arrive(next, time.elapsed());
    }

    private void arrive(Load current, Duration since) {
        long delay = current.nextNanos(time.elapsed().minus(since).toNanos(), users);
        if (delay < Long.MAX_VALUE) {
            time.schedule(
                    () -> {
                        if (load == current) {
                            request();
                            arrive(current, since);
                        }
                    },
                    delay);
        }
    }

    private void request() {
        asked++;
        pool.submit(new User(function.serviceTime().nanos(users)));
    }

    /** Time passes. */
    void pass(Duration duration) {
        time.advance(duration);
    }

    /** Nobody comes any more; the pool does what is left, and sleeps. Nobody may have been forgotten. */
    void end() {
        load(Load.NONE);
        time.advance(Duration.ofMinutes(5));
        boolean isOver = ended == asked && lambda.instances() == 0 && time.nothingScheduled();
        if (!isOver) {
            throw new AssertionError(ended + " of " + asked + " requests ended, " + lambda.instances()
                    + " instances left, " + pool.observe() + ", " + time);
        }
    }

    // What is seen

    /** Instances whose invoke is open. */
    int instances() {
        return lambda.instances();
    }

    /** The pool's own books. */
    Observation books() {
        return pool.observe();
    }

    /** What it was like since this was asked last. */
    Figures figures() {
        double[] sorted = Arrays.copyOf(waits, assigned);
        Arrays.sort(sorted);
        double billed = lambda.billedSeconds();
        Figures figures = new Figures(
                answered,
                refused,
                quantile(sorted, .5),
                quantile(sorted, .99),
                quantile(sorted, 1),
                billed - billedBefore,
                lambda.starts() - startsBefore,
                lambda.warmings() - warmingsBefore,
                peak,
                changes);
        assigned = 0;
        answered = 0;
        refused = 0;
        changes = 0;
        peak = lambda.instances();
        billedBefore = billed;
        startsBefore = lambda.starts();
        warmingsBefore = lambda.warmings();
        return figures;
    }

    private static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    @Override
    public void instanceStarting(String poolId, LambdaInstance instance) {
        peak = Math.max(peak, lambda.instances() + 1);
    }

    @Override
    public void desiredChanged(String poolId, int before, int desired, Observation because) {
        changes++;
    }

    /** Somebody who waits for an answer. */
    private final class User extends PendingRequest {
        private final long serviceNanos;
        private final Duration askedAt = time.elapsed();

        private User(long serviceNanos) {
            this.serviceNanos = serviceNanos;
        }

        @Override
        protected void assigned(Channel channel) {
            if (assigned == waits.length) {
                waits = Arrays.copyOf(waits, 2 * assigned);
            }
            waits[assigned++] = time.elapsed().minus(askedAt).toNanos() / 1e6;
            time.schedule(
                    () -> {
                        answered++;
                        ended++;
                    },
                    serviceNanos);
            ((SimulatedLambda.SimulatedChannel) channel).serve(serviceNanos);
        }

        @Override
        protected void refused(Refusal why) {
            refused++;
            ended++;
        }
    }
}
