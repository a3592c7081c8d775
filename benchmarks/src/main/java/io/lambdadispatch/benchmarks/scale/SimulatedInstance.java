package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.engine.DrainReason;
import io.lambdadispatch.router.engine.Invocation;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One invoke with channels, as our client behaves in it: it opens channels, serves what comes in them, and leaves when it has
 * nothing to do, at its deadline, or when told to.
 */
abstract class SimulatedInstance {
    /** The client's loop that finds out whether it is time to leave. */
    private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

    private final Invocation invocation;
    private final SimulatedFunction function;
    private final Pool pool;
    private final VirtualTime time;
    private final long graceNanos;
    private final long lifeNanos;
    private final List<SimulatedChannel> busy = new ArrayList<>();

    private LambdaInstance known;
    private long openedAt;
    private long activeAt;
    private ExitReason leaving;
    private boolean isOver;

    SimulatedInstance(Invocation invocation, SimulatedFunction function, Pool pool, VirtualTime time) {
        this.invocation = invocation;
        this.function = function;
        this.pool = pool;
        this.time = time;
        this.graceNanos = function.idleGrace().toNanos();
        this.lifeNanos = function.life().toNanos();
    }

    /** Its invoke has ended as it should. */
    abstract void left(ExitReason reason);

    /** Its invoke has ended otherwise. */
    abstract void died();

    /** It has started. */
    void callBack() {
        if (isOver) {
            return;
        }
        known = pool.instance(invocation.instanceId()).orElse(null);
        if (known == null) {
            leave(ExitReason.ROUTER_GO_AWAY);
            return;
        }
        openedAt = time.elapsed();
        pool.leavesIn(known, lifeNanos);
        for (int i = 0; i < invocation.channels() && leaving == null; i++) {
            openChannel();
        }
        lookAgain();
    }

    private void openChannel() {
        activeAt = time.elapsed();
        if (!pool.opened(new SimulatedChannel(this, known))) {
            leave(ExitReason.ROUTER_GO_AWAY);
        }
    }

    // When it leaves

    private void look() {
        if (leaving != null) {
            return;
        }
        boolean isIdle = busy.isEmpty() && !invocation.staysIdle() && time.elapsed() - activeAt >= graceNanos;
        if (isIdle || time.elapsed() - openedAt >= lifeNanos) {
            leaving = isIdle ? ExitReason.SELF_LAST_ACTIVE : ExitReason.SELF_DEADLINE;
            pool.closeAsked(known, this::leaveWhenDone);
        } else {
            lookAgain();
        }
    }

    /** Looks that could find nothing are left out. */
    private void lookAgain() {
        long idleFrom = busy.isEmpty() ? activeAt : time.elapsed();
        long deadline = openedAt + lifeNanos;
        long due = invocation.staysIdle() ? deadline : Math.min(deadline, idleFrom + graceNanos);
        long next = (time.elapsed() - openedAt) / LOOK_NANOS + 1;
        long looks = Math.max(next, (due - openedAt + LOOK_NANOS - 1) / LOOK_NANOS);
        time.schedule(this::look, openedAt + looks * LOOK_NANOS - time.elapsed());
    }

    /** The router has said so. */
    void leave(ExitReason reason) {
        if (leaving == null) {
            leaving = reason;
            leaveWhenDone();
        }
    }

    private void leaveWhenDone() {
        if (leaving != null && busy.isEmpty() && !isOver) {
            isOver = true;
            left(leaving);
        }
    }

    /** It is to be replaced: the router tells it to go, also when it has not called back yet. */
    void retire() {
        pool.instance(invocation.instanceId()).ifPresent(instance -> pool.drain(instance, DrainReason.OPERATOR));
    }

    // What it runs

    /** A request came in a channel. */
    void begin(SimulatedChannel channel, long serviceNanos) {
        busy.add(channel);
        if (busy.size() > function.maxConcurrent()) {
            throw new IllegalStateException(busy.size() + " requests at once in " + known);
        }
        time.schedule(channel, serviceNanos);
    }

    /** The request in it is answered. */
    void end(RoutedRequest request, SimulatedChannel channel) {
        busy.remove(channel);
        activeAt = time.elapsed();
        pool.answered(request, channel);
        if (leaving == null) {
            openChannel();
        }
        leaveWhenDone();
    }

    /** It is gone at once: its connections break, which the router sees before the invoke fails. */
    void die() {
        isOver = true;
        leaving = ExitReason.ROUTER_CONNECTION_ERROR;
        if (known != null) {
            pool.drain(known, DrainReason.DISCONNECTED);
        }
        List<SimulatedChannel> cut = List.copyOf(busy);
        busy.clear();
        cut.forEach(SimulatedChannel::cutOff);
        died();
    }
}
