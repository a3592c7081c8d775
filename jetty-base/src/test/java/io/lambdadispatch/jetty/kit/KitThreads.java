package io.lambdadispatch.jetty.kit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The test kit's own threads, named so that they are never taken for the router's. */
public final class KitThreads {
    /** What their names begin with. */
    public static final String PREFIX = "kit-";

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final ExecutorService POOL = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, PREFIX + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    private KitThreads() {}

    /** What may throw. */
    @FunctionalInterface
    public interface Task<T> {
        /** Does it. */
        T run() throws Exception;
    }

    static ExecutorService pool() {
        return POOL;
    }

    /** Runs it beside the caller. */
    public static <T> CompletableFuture<T> start(Task<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        POOL.execute(() -> {
            try {
                result.complete(task.run());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }
}
