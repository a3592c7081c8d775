package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Environments.Environment;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.router.engine.Invocation;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.InvokeOutcome.Failed;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import io.lambdadispatch.router.engine.LambdaInvoker;
import io.lambdadispatch.router.engine.Pool;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** AWS Lambda as the router sees it: what each invoke becomes, and which of the instances are there. */
final class SimulatedLambda implements LambdaInvoker {
    private final SimulatedFunction function;
    private final VirtualTime time;
    private final Environments environments;

    /** In the order of their starts, so that chance finds the same ones again. */
    private final Set<SimulatedInstance> instances = new LinkedHashSet<>();

    private Pool pool;
    private long warmings;
    private int peak;

    SimulatedLambda(SimulatedFunction function, VirtualTime time) {
        this.function = function;
        this.time = time;
        this.environments = new Environments(time, function.keptWarm());
    }

    /** Where instances call back. */
    void callsBack(Pool caller) {
        pool = caller;
    }

    @Override
    public CompletionStage<InvokeOutcome> invoke(Invocation invocation) {
        Optional<Environment> environment = environments.invoke();
        if (environment.isEmpty()) {
            return CompletableFuture.completedFuture(new Failed(Reason.THROTTLED, "too many new environments"));
        }
        return invocation.initOnly() ? warm(invocation, environment.get()) : start(invocation, environment.get());
    }

    private CompletionStage<InvokeOutcome> warm(Invocation invocation, Environment environment) {
        CompletableFuture<InvokeOutcome> outcome = new CompletableFuture<>();
        warmings++;
        time.schedule(
                () -> {
                    environment.finish();
                    outcome.complete(answer(invocation, ExitReason.SELF_INIT_ONLY));
                },
                startupNanos(environment));
        return outcome;
    }

    private CompletionStage<InvokeOutcome> start(Invocation invocation, Environment environment) {
        CompletableFuture<InvokeOutcome> outcome = new CompletableFuture<>();
        SimulatedInstance instance = new SimulatedInstance(invocation, function, pool, time) {
            @Override
            void left(ExitReason reason) {
                instances.remove(this);
                environment.finish();
                outcome.complete(answer(invocation, reason));
            }

            @Override
            void died() {
                instances.remove(this);
                environment.die();
                outcome.complete(new Failed(Reason.FUNCTION_ERROR, "the environment died"));
            }
        };
        instances.add(instance);
        peak = Math.max(peak, instances.size());
        time.schedule(instance::callBack, startupNanos(environment));
        return outcome;
    }

    private long startupNanos(Environment environment) {
        return (environment.isCold() ? function.coldStart() : function.warmStart()).toNanos();
    }

    private static InvokeOutcome answer(Invocation invocation, ExitReason reason) {
        return new InvokeOutcome.Answered(new InvokeReply(invocation.poolId(), invocation.instanceId(), 0, 0, reason));
    }

    /** See {@link Service#deploy}. */
    void deploy(Duration within) {
        environments.deploy();
        List<SimulatedInstance> old = List.copyOf(instances);
        for (int i = 0; i < old.size(); i++) {
            time.schedule(old.get(i)::retire, within.toNanos() / old.size() * i);
        }
    }

    /** See {@link Service#lose}; those that are only being warmed at this moment survive. */
    void lose(double share, RandomGenerator random) {
        environments.lose(share, random);
        List.copyOf(instances).stream()
                .filter(instance -> random.nextDouble() < share)
                .forEach(SimulatedInstance::die);
    }

    /** Instances whose invoke is open. */
    int instances() {
        return instances.size();
    }

    /** The most of them since the last call. */
    int takePeak() {
        int most = peak;
        peak = instances.size();
        return most;
    }

    /** Invokes that only warmed an environment so far. */
    long warmings() {
        return warmings;
    }

    Environments.Bill bill() {
        return environments.bill();
    }
}
