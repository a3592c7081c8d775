package io.lambdadispatch.router.engine;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Takes things to a consumer that may bring the next one from within: then that one waits until the consumer has returned, on the
 * same thread. So the stack does not grow, however long the chain. Threads do not wait for each other.
 */
final class Trampoline<T> {
    private final Consumer<T> consumer;
    private final ThreadLocal<Lane<T>> lanes = ThreadLocal.withInitial(Lane::new);

    /** What one thread has to do. */
    private static final class Lane<T> {
        boolean isBusy;
        final ArrayDeque<T> waiting = new ArrayDeque<>(2);
    }

    Trampoline(Consumer<T> consumer) {
        this.consumer = consumer;
    }

    /** Whatever the consumer throws, those that wait behind are taken too. */
    void accept(T next) {
        Lane<T> lane = lanes.get();
        if (lane.isBusy) {
            lane.waiting.add(next);
            return;
        }
        lane.isBusy = true;
        Throwable failure = null;
        for (T taken = next; taken != null; taken = lane.waiting.poll()) {
            try {
                consumer.accept(taken);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }
        lane.isBusy = false;
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }
}
