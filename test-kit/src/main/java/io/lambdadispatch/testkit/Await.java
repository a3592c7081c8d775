package io.lambdadispatch.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Waits for conditions, as short as possible and as long as a loaded machine may need. */
public final class Await {
    /**
     * After this, what was waited for will not come. The system property {@code test-kit.patience.seconds} changes it: where many
     * processes start, it takes longer to be sure.
     */
    public static final Duration LONGEST = Duration.ofSeconds(Long.getLong("test-kit.patience.seconds", 60));

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Looked at again and again. */
    @FunctionalInterface
    public interface Condition {
        /** Whether it is so. */
        boolean holds() throws Exception;
    }

    private Await() {}

    /** Until it is true. */
    public static void until(String what, Condition condition) {
        until(() -> what, condition);
    }

    /**
     * Until it is true.
     *
     * @param what says what was waited for, and how far it came
     */
    public static void until(Supplier<String> what, Condition condition) {
        Boolean unused = value(what, () -> condition.holds() ? Boolean.TRUE : null);
    }

    /** The first value that is not {@code null}. */
    public static <T> T value(String what, Callable<T> look) {
        return value(() -> what, look);
    }

    private static <T> T value(Supplier<String> what, Callable<T> look) {
        long began = System.nanoTime();
        while (true) {
            T value = call(look);
            if (value != null) {
                return value;
            }
            if (System.nanoTime() - began > LONGEST.toNanos()) {
                tellThreads();
                throw new AssertionError("waited in vain until " + what.get());
            }
            pause(began);
        }
    }

    private static <T> T call(Callable<T> look) {
        try {
            return look.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Short at first; what takes long is not looked at all the time. */
    private static void pause(long began) {
        long waited = System.nanoTime() - began;
        LockSupport.parkNanos(Math.min(Math.max(waited / 10, FIRST_PAUSE_NANOS), LONGEST_PAUSE_NANOS));
    }

    /** What threads do that do something: whoever is waited for may be stuck in one. */
    private static void tellThreads() {
        StringBuilder told = new StringBuilder("threads at work:\n");
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            if (Stream.of(stack).anyMatch(frame -> frame.getClassName().startsWith("io.lambdadispatch."))) {
                told.append(thread.getName())
                        .append(' ')
                        .append(thread.getState())
                        .append('\n');
                Stream.of(stack)
                        .forEach(frame -> told.append("    ").append(frame).append('\n'));
            }
        });
        System.err.print(told);
    }

    /** Until the value is above zero and has not changed for that long; for things that stop because nobody takes more. */
    public static long steady(LongSupplier value, Duration quiet) {
        long began = System.nanoTime();
        long seen = value.getAsLong();
        long since = began;
        while (seen == 0 || System.nanoTime() - since < quiet.toNanos()) {
            if (System.nanoTime() - began > LONGEST.toNanos()) {
                throw new AssertionError("waited in vain until a value stands still: " + seen);
            }
            LockSupport.parkNanos(FIRST_PAUSE_NANOS);
            long now = value.getAsLong();
            if (now != seen) {
                seen = now;
                since = System.nanoTime();
            }
        }
        return seen;
    }

    /** The future's value. */
    public static <T> T value(CompletableFuture<T> future) {
        try {
            return future.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("waited in vain for a result", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
