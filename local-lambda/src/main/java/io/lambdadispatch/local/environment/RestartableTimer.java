package io.lambdadispatch.local.environment;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.BiFunction;

/** At most one action to come. Not safe for use by threads: its owner's lock guards it. */
final class RestartableTimer {
    private final BiFunction<Duration, Runnable, Future<?>> scheduler;
    private Future<?> pending;

    RestartableTimer(BiFunction<Duration, Runnable, Future<?>> scheduler) {
        this.scheduler = scheduler;
    }

    /** Calls off what was to come; now {@code action} comes, {@code delay} from now. */
    void restart(Duration delay, Runnable action) {
        cancel();
        pending = scheduler.apply(delay, action);
    }

    /** Calls off what was to come; it may be running already. */
    void cancel() {
        if (pending != null) {
            pending.cancel(false);
            pending = null;
        }
    }
}
