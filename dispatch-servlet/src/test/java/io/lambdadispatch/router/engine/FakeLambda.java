package io.lambdadispatch.router.engine;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Records invokes. They stay open until the test ends them, or fail at once while the function is {@link #broken}. */
public final class FakeLambda implements LambdaInvoker {
    private final List<Invoke> invokes = new ArrayList<>();
    private final Map<String, Invoke> byId = new HashMap<>();
    private Reason broken;

    /** One invoke that was made. */
    public static final class Invoke {
        final Invocation invocation;
        private final CompletableFuture<InvokeOutcome> outcome = new CompletableFuture<>();

        private Invoke(Invocation invocation) {
            this.invocation = invocation;
        }

        String id() {
            return invocation.instanceId();
        }

        boolean isOpen() {
            return !outcome.isDone();
        }

        public void answer(ExitReason reason) {
            outcome.complete(new InvokeOutcome.Answered(new InvokeReply(invocation.poolId(), id(), 0, 0, reason)));
        }

        public void fail(Reason reason) {
            outcome.complete(new InvokeOutcome.Failed(reason, "the test says so"));
        }

        @Override
        public String toString() {
            return invocation.toString();
        }
    }

    @Override
    public CompletionStage<InvokeOutcome> invoke(Invocation invocation) {
        Invoke invoke = new Invoke(invocation);
        invokes.add(invoke);
        byId.put(invoke.id(), invoke);
        if (broken != null) {
            invoke.fail(broken);
        }
        return invoke.outcome;
    }

    /** From now on every invoke fails at once. */
    public void breakWith(Reason reason) {
        broken = reason;
    }

    /** From now on invokes stay open. */
    public void repair() {
        broken = null;
    }

    /** Every invoke, in order. */
    List<Invoke> all() {
        return invokes;
    }

    /** Invokes that are to open channels, in order. */
    public List<Invoke> starts() {
        return invokes.stream().filter(invoke -> !invoke.invocation.initOnly()).toList();
    }

    /** Init-only invokes, in order. */
    List<Invoke> buddies() {
        return invokes.stream().filter(invoke -> invoke.invocation.initOnly()).toList();
    }

    Invoke invokeOf(String instanceId) {
        return byId.get(instanceId);
    }

    public Invoke start(int index) {
        return starts().get(index);
    }
}
