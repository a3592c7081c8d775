package io.lambdadispatch.router.engine;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * AWS Lambda with a client in each environment, on a fake clock: starts cold or warm, opens channels, serves requests, leaves when
 * idle, at its deadline, or when told to. Environments stay warm for ever. What is billed is the time of all invokes, those that
 * only warm an environment included.
 */
final class SimulatedLambda implements LambdaInvoker {
    private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

    private final SimulatedFunction function;
    private final FakeTime time;
    private Pool pool;
    private int warm;
    private int open;
    private int instances;
    private int starts;
    private int warmings;
    private long billedNanos;
    private Duration billedUntil;

    SimulatedLambda(SimulatedFunction function, FakeTime time) {
        this.function = function;
        this.time = time;
        this.billedUntil = time.elapsed();
    }

    /** Where instances call back. */
    void callsBack(Pool caller) {
        pool = caller;
    }

    /** Invokes for instances so far. */
    int starts() {
        return starts;
    }

    /** Invokes that only warmed an environment so far. */
    int warmings() {
        return warmings;
    }

    /** Instances whose invoke is open. */
    int instances() {
        return instances;
    }

    double billedSeconds() {
        meter(0);
        return billedNanos / 1e9;
    }

    private void meter(int change) {
        billedNanos += open * time.elapsed().minus(billedUntil).toNanos();
        billedUntil = time.elapsed();
        open += change;
    }

    @Override
    public CompletionStage<InvokeOutcome> invoke(Invocation invocation) {
        meter(1);
        boolean isWarm = warm > 0;
        if (isWarm) {
            warm--;
        }
        long startup = (isWarm ? function.warmStart() : function.coldStart()).toNanos();
        CompletableFuture<InvokeOutcome> outcome = new CompletableFuture<>();
        if (invocation.initOnly()) {
            warmings++;
            time.schedule(() -> answer(outcome, invocation, ExitReason.SELF_INIT_ONLY), startup);
        } else {
            starts++;
            instances++;
            Instance instance = new Instance(invocation, outcome);
            time.schedule(instance::callBack, startup);
        }
        return outcome;
    }

    private void answer(CompletableFuture<InvokeOutcome> outcome, Invocation invocation, ExitReason reason) {
        meter(-1);
        warm++;
        outcome.complete(new InvokeOutcome.Answered(
                new InvokeReply(invocation.poolId(), invocation.instanceId(), 0, 0, reason)));
    }

    /** One invoke with channels. */
    final class Instance {
        private final Invocation invocation;
        private final CompletableFuture<InvokeOutcome> outcome;
        private LambdaInstance known;
        private int running;
        private Duration openedAt;
        private Duration activeAt;
        private ExitReason leaving;
        private boolean isOver;

        private Instance(Invocation invocation, CompletableFuture<InvokeOutcome> outcome) {
            this.invocation = invocation;
            this.outcome = outcome;
        }

        private void callBack() {
            known = pool.instance(invocation.instanceId()).orElse(null);
            if (known == null) {
                leave(ExitReason.ROUTER_GO_AWAY);
                return;
            }
            openedAt = time.elapsed();
            pool.leavesIn(known, function.life().toNanos());
            for (int i = 0; i < invocation.channels() && leaving == null; i++) {
                openChannel();
            }
            time.schedule(this::look, LOOK_NANOS);
        }

        private void openChannel() {
            activeAt = time.elapsed();
            if (!pool.opened(new SimulatedChannel(this, known))) {
                leave(ExitReason.ROUTER_GO_AWAY);
            }
        }

        /** The client's loop that finds out whether it is time to leave. */
        private void look() {
            if (leaving != null) {
                return;
            }
            boolean isIdle = running == 0 && !invocation.staysIdle() && lasts(activeAt, function.idleGrace());
            if (isIdle || lasts(openedAt, function.life())) {
                leaving = isIdle ? ExitReason.SELF_LAST_ACTIVE : ExitReason.SELF_DEADLINE;
                pool.closeAsked(known, this::leaveWhenDone);
            } else {
                time.schedule(this::look, LOOK_NANOS);
            }
        }

        private boolean lasts(Duration since, Duration length) {
            return time.elapsed().minus(since).compareTo(length) >= 0;
        }

        void leave(ExitReason reason) {
            if (leaving == null) {
                leaving = reason;
                leaveWhenDone();
            }
        }

        private void leaveWhenDone() {
            if (leaving != null && running == 0 && !isOver) {
                isOver = true;
                instances--;
                answer(outcome, invocation, leaving);
            }
        }

        /** A request came in a channel. */
        void serve(SimulatedChannel channel, long serviceNanos) {
            running++;
            if (running > function.maxConcurrent()) {
                throw new AssertionError(running + " requests at once in " + known);
            }
            time.schedule(() -> answered(channel), serviceNanos);
        }

        private void answered(SimulatedChannel channel) {
            running--;
            activeAt = time.elapsed();
            pool.answered(channel);
            if (leaving == null) {
                openChannel();
            }
            leaveWhenDone();
        }
    }

    /** A channel of such an instance. */
    static final class SimulatedChannel extends Channel {
        private final Instance owner;

        private SimulatedChannel(Instance owner, LambdaInstance instance) {
            super(instance);
            this.owner = owner;
        }

        void serve(long serviceNanos) {
            owner.serve(this, serviceNanos);
        }

        @Override
        protected void goAway() {
            owner.leave(ExitReason.ROUTER_GO_AWAY);
        }

        @Override
        protected void abort() {}
    }
}
