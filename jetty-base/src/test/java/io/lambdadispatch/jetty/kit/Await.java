package io.lambdadispatch.jetty.kit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for conditions, as short as possible and as long as a loaded machine may need. */
public final class Await {
    private static final Logger LOG = LoggerFactory.getLogger(Await.class);

    /** After this, what was waited for will not come. */
    public static final Duration LONGEST = Duration.ofSeconds(20);

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {}

    /** Until it is true. */
    public static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    /**
     * Until it is true.
     *
     * @param what says what was waited for, and how far it came
     */
    public static void until(Supplier<String> what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                tellThreads();
                throw new AssertionError("waited in vain until " + what.get());
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
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
        // Nobody sees less: tests log warnings only.
        LOG.warn("{}", told);
    }

    /** Until the value is above zero and has not changed for that long; for things that stop because nobody takes more. */
    public static long steady(LongSupplier value, Duration quiet) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        long seen = value.getAsLong();
        long since = System.nanoTime();
        while (seen == 0 || System.nanoTime() - since < quiet.toNanos()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain until a value stands still: " + seen);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
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
