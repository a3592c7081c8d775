package io.lambdadispatch.benchmarks.engine;

import io.lambdadispatch.router.engine.CapacityPlanner;
import io.lambdadispatch.router.engine.Channel;
import io.lambdadispatch.router.engine.Identity;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.PendingRequest;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolListener;
import io.lambdadispatch.router.engine.PoolPorts;
import io.lambdadispatch.router.engine.PoolSettings;
import io.lambdadispatch.router.engine.Refusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A pool with as many instances as are asked for, each with all its channels open. Its fleet has done its work: it is
 * looked at no more, so what is measured is what each event costs on the thread that brings it. Time is the machine's.
 */
public final class MeasuredPool implements PoolListener {
    /** The router's defaults: ten at a time, twenty channels. */
    static final int MAX_CONCURRENT = 10;

    private static final int CHANNELS = 20;
    private static final int MANY = 1_000_000;

    private final Pool pool;
    private final List<LambdaInstance> instances = new ArrayList<>();
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private int identities;

    /** With so many instances, all open. */
    public MeasuredPool(int size) {
        PoolSettings settings = new PoolSettings(
                "measured",
                "measured",
                MAX_CONCURRENT,
                CHANNELS,
                MANY,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ZERO,
                size,
                size);
        PoolPorts ports = new PoolPorts(
                invocation -> new CompletableFuture<>(),
                this::identity,
                this,
                System::nanoTime,
                this::schedule,
                () -> 0);
        this.pool = new Pool(settings, new Always(size), ports);
        pool.start();
        steps.remove().run();
        steps.clear();
        instances.forEach(instance -> {
            for (int i = 0; i < CHANNELS; i++) {
                pool.opened(channelOf(instance));
            }
        });
        steps.clear();
    }

    private Identity identity() {
        String number = String.valueOf(identities++);
        return new Identity(number, number);
    }

    /** Only the pool's making schedules anything: after it there is no tick, and none is asked for. */
    private void schedule(Runnable step, long unusedDelayNanos) {
        steps.add(step);
    }

    @Override
    public void instanceStarting(String poolId, LambdaInstance instance) {
        instances.add(instance);
    }

    /** The pool that is measured. */
    public Pool pool() {
        return pool;
    }

    /** Requests that all instances run at once. */
    int capacity() {
        return instances.size() * MAX_CONCURRENT;
    }

    /** The exchange is over: its slot is free, and its instance opens a channel in place of the one used up. */
    void complete(BareRequest request) {
        Channel channel = request.given;
        pool.answered(request, channel);
        pool.opened(channelOf(channel.instance()));
    }

    /** The exchange is over: its slot is free, and its channel takes the next request. */
    void completeAndReuse(BareRequest request) {
        pool.reuse(request, request.given);
    }

    static Channel channelOf(LambdaInstance instance) {
        return new BareChannel(instance);
    }

    /** A channel without a stream. */
    private static final class BareChannel extends Channel {
        private BareChannel(LambdaInstance instance) {
            super(instance);
        }

        @Override
        protected void goAway() {}

        @Override
        protected void abort() {}
    }

    /** A request without a user. The thread that made the match has it in its hand. */
    static final class BareRequest extends PendingRequest {
        private static final ThreadLocal<Hand> HANDS = ThreadLocal.withInitial(Hand::new);

        private Channel given;

        @Override
        protected void assigned(Channel channel) {
            given = channel;
            HANDS.get().matched = this;
        }

        LambdaInstance instance() {
            return given.instance();
        }

        @Override
        protected void refused(Refusal why) {
            throw new IllegalStateException(why.toString());
        }
    }

    /** The last match of one thread. */
    static final class Hand {
        private BareRequest matched;

        static Hand ofThisThread() {
            return BareRequest.HANDS.get();
        }

        /** Takes the request out; {@code null} when there was no match. */
        BareRequest take() {
            BareRequest request = matched;
            matched = null;
            return request;
        }
    }

    private record Always(int desired) implements CapacityPlanner<Always>, CapacityPlanner.Memory {
        @Override
        public Always begin() {
            return this;
        }

        @Override
        public Always plan(Observation observation, Always memory, long startupNanos, long nowNanos) {
            return this;
        }

        @Override
        public Always withheld(Always before, Always decided, int had) {
            return this;
        }
    }
}
