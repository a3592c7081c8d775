package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Environments.Bill;
import io.lambdadispatch.router.engine.CapacityPlanner;
import io.lambdadispatch.router.engine.Identity;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolListener;
import io.lambdadispatch.router.engine.PoolPorts;
import io.lambdadispatch.router.engine.PoolSettings;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** The function behind a router: the engine's own pool, used only as the relay and the servlets use it. */
final class Routed implements Service, PoolListener {
    private static final int MOST_QUEUED = 1_000_000;
    private static final int MOST_INSTANCES = 100_000;
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private final RandomGenerator chance;
    private final SimulatedLambda lambda;
    private final Pool pool;
    private int identities;
    private long changes;

    Routed(VirtualTime time, SimulatedFunction function, RandomGenerator chance, CapacityPlanner<?> planner) {
        this.chance = chance;
        this.lambda = new SimulatedLambda(function, time);
        this.pool = new Pool(
                settings(function.maxConcurrent()),
                planner,
                new PoolPorts(lambda, this::nextIdentity, this, time, time, chance::nextDouble));
        lambda.callsBack(pool);
    }

    private static PoolSettings settings(int maxConcurrent) {
        return new PoolSettings(
                "simulated",
                "simulated",
                maxConcurrent,
                2 * maxConcurrent,
                MOST_QUEUED,
                REQUEST_TIMEOUT,
                START_TIMEOUT,
                Duration.ZERO,
                0,
                MOST_INSTANCES);
    }

    private Identity nextIdentity() {
        int number = identities++;
        return new Identity("instance-" + number, "token-" + number);
    }

    @Override
    public void request(Ticket ticket, long serviceNanos, boolean isSafe) {
        pool.submit(new RoutedRequest(pool, ticket, serviceNanos, isSafe));
    }

    @Override
    public void deploy(Duration within) {
        lambda.deploy(within);
    }

    @Override
    public void lose(double share) {
        lambda.lose(share, chance);
    }

    @Override
    public int instances() {
        return lambda.instances();
    }

    @Override
    public int takePeak() {
        return lambda.takePeak();
    }

    @Override
    public long warmings() {
        return lambda.warmings();
    }

    @Override
    public Bill bill() {
        return lambda.bill();
    }

    @Override
    public long changes() {
        return changes;
    }

    @Override
    public void desiredChanged(String poolId, int before, int desired, Observation because) {
        changes++;
    }

    /** The pool's own books. */
    Observation books() {
        return pool.snapshot();
    }
}
