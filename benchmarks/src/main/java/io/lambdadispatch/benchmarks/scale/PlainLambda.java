package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Environments.Bill;
import io.lambdadispatch.benchmarks.scale.Environments.Environment;
import io.lambdadispatch.benchmarks.scale.Ticket.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The function behind AWS Lambda alone: each request is an invoke and has an environment to itself; when none is idle, a new one
 * starts cold for that very request, also when another one becomes idle meanwhile.
 */
final class PlainLambda implements Service {
    private final VirtualTime time;
    private final RandomGenerator chance;
    private final Environments environments;
    private final long coldStartNanos;
    private final List<Execution> running = new ArrayList<>();
    private int peak;

    PlainLambda(VirtualTime time, SimulatedFunction function, RandomGenerator chance) {
        this.time = time;
        this.chance = chance;
        this.environments = new Environments(time, function.keptWarm());
        this.coldStartNanos = function.coldStart().toNanos();
    }

    @Override
    public void request(Ticket ticket, long serviceNanos, boolean isSafe) {
        Optional<Environment> environment = environments.invoke();
        if (environment.isEmpty()) {
            ticket.failed(Failure.THROTTLED);
            return;
        }
        Execution execution = new Execution(ticket, serviceNanos, environment.get(), running.size());
        running.add(execution);
        peak = Math.max(peak, running.size());
        if (environment.get().isCold()) {
            time.schedule(execution::begin, coldStartNanos);
        } else {
            execution.begin();
        }
    }

    /** One request in its environment; as a task it is its end. */
    private final class Execution implements Runnable {
        private final Ticket ticket;
        private final long serviceNanos;
        private final Environment environment;

        /** In the list of those that run. */
        private int place;

        private boolean isOver;

        private Execution(Ticket ticket, long serviceNanos, Environment environment, int place) {
            this.ticket = ticket;
            this.serviceNanos = serviceNanos;
            this.environment = environment;
            this.place = place;
        }

        void begin() {
            if (!isOver) {
                ticket.begun();
                time.schedule(this, serviceNanos);
            }
        }

        @Override
        public void run() {
            if (!isOver) {
                over();
                environment.finish();
                ticket.answered();
            }
        }

        void die() {
            over();
            environment.die();
            ticket.failed(Failure.CUT_OFF);
        }

        /** The last one takes its place. */
        private void over() {
            isOver = true;
            Execution last = running.remove(running.size() - 1);
            if (last != this) {
                running.set(place, last);
                last.place = place;
            }
        }
    }

    /** Those that run finish; AWS invokes the new version from now on. */
    @Override
    public void deploy(Duration within) {
        environments.deploy();
    }

    @Override
    public void lose(double share) {
        environments.lose(share, chance);
        List.copyOf(running).stream()
                .filter(execution -> chance.nextDouble() < share)
                .forEach(Execution::die);
    }

    @Override
    public int instances() {
        return running.size();
    }

    @Override
    public int takePeak() {
        int most = peak;
        peak = running.size();
        return most;
    }

    @Override
    public long warmings() {
        return 0;
    }

    @Override
    public long changes() {
        return 0;
    }

    @Override
    public Bill bill() {
        return environments.bill();
    }
}
