package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Environments.Bill;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Simulated users in front of a {@link Service}, to be told what happens as in a diary: this load from here on, so much time
 * passes, then look. The users of one seed come at the same moments and ask for the same work whatever serves them.
 */
final class Simulation {
    /** Reads, which may be sent again; the others are uploads. */
    private static final double SAFE_SHARE = 0.7;

    private final VirtualTime time;
    private final SimulatedFunction function;
    private final SplittableRandom users;
    private final SplittableRandom intents;
    private final Service service;
    private final Tally tally;

    private Arrivals arrivals;

    // When figures were asked for last.
    private Bill paid = Bill.NOTHING;
    private long warmings;
    private long changes;

    Simulation(VirtualTime time, long seed, SimulatedFunction function, Service.Maker maker) {
        this.time = time;
        this.function = function;
        this.users = new SplittableRandom(seed);
        this.intents = new SplittableRandom(seed + 2);
        this.service = maker.make(time, function, new SplittableRandom(seed + 1));
        this.tally = new Tally(time);
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
        arrivals = new Arrivals(next, time.elapsed());
        arrivals.scheduleNext();
    }

    /** The stream of users that one load brings. */
    private final class Arrivals implements Runnable {
        private final Load load;
        private final long since;

        private Arrivals(Load load, long since) {
            this.load = load;
            this.since = since;
        }

        private void scheduleNext() {
            long delay = load.nextNanos(time.elapsed() - since, users);
            if (delay < Long.MAX_VALUE) {
                time.schedule(this, delay);
            }
        }

        @Override
        public void run() {
            if (arrivals == this) {
                request();
                scheduleNext();
            }
        }
    }

    private void request() {
        service.request(tally.ask(), function.serviceTime().nanos(users), intents.nextDouble() < SAFE_SHARE);
    }

    /** See {@link Service#deploy}. */
    void deploy(Duration within) {
        service.deploy(within);
    }

    /** See {@link Service#lose}. */
    void lose(double share) {
        service.lose(share);
    }

    /** Time passes. */
    void pass(Duration duration) {
        time.advance(duration);
    }

    /** Nobody comes any more; the service does what is left, and sleeps. Nobody may have been forgotten. */
    void end() {
        load(Load.NONE);
        time.advance(Duration.ofMinutes(5));
        boolean isOver = tally.open() == 0 && service.instances() == 0;
        // Instances that are gone may have meant to look at the clock.
        time.advance(function.life());
        if (!isOver || !time.nothingScheduled()) {
            throw new IllegalStateException(
                    tally.open() + " requests have not ended, " + service.instances() + " instances are left");
        }
    }

    // What is seen

    /** See {@link Service#instances}. */
    int instances() {
        return service.instances();
    }

    /** What it was like since this was asked last. */
    Figures figures() {
        Bill bill = service.bill();
        Figures figures = new Figures(
                tally.take(),
                bill.minus(paid),
                service.warmings() - warmings,
                service.takePeak(),
                service.changes() - changes);
        paid = bill;
        warmings = service.warmings();
        changes = service.changes();
        return figures;
    }
}
