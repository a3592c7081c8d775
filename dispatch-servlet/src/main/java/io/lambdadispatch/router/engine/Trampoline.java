package io.lambdadispatch.router.engine;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Takes things to a consumer that may bring the next one from within: then that one waits until the consumer has returned, on the
 * same thread. So the stack does not grow, however long the chain. Threads do not wait for each other.
 */
final class Trampoline<T> {
    private final Consumer<T> consumer;

    /**
     * What each thread has to do, the one that it is at being the first. Nothing of ours is left on a thread that has done it: the
     * threads are a container's, which outlive a web application, and would keep its classes.
     */
    @SuppressWarnings("ThreadLocalUsage") // A thread may be at the things of one trampoline within those of another.
    private final ThreadLocal<ArrayDeque<T>> lanes = new ThreadLocal<>();

    Trampoline(Consumer<T> consumer) {
        this.consumer = consumer;
    }

    /** Whatever the consumer throws, those that wait behind are taken too. */
    void accept(T next) {
        ArrayDeque<T> lane = lane();
        lane.add(next);
        if (lane.size() > 1) {
            return;
        }
        Throwable failure = null;
        for (T taken = next; taken != null; taken = following(lane)) {
            try {
                consumer.accept(taken);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private static <T> T following(ArrayDeque<T> lane) {
        lane.remove();
        return lane.peek();
    }

    private ArrayDeque<T> lane() {
        ArrayDeque<T> lane = lanes.get();
        if (lane == null) {
            lane = new ArrayDeque<>(2);
            lanes.set(lane);
        }
        return lane;
    }
}
