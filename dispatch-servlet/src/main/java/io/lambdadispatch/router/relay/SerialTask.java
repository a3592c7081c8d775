package io.lambdadispatch.router.relay;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that many threads may ask for and that is done by one at a time. Events come at times of their own choosing, on any thread, and
 * from within the work itself, so each of them means no more than <em>look again</em>.
 */
public abstract class SerialTask {
    private static final Logger LOG = LoggerFactory.getLogger(SerialTask.class);

    private final AtomicInteger wakeUps = new AtomicInteger();

    /** Where it goes on after this turn; {@code null} when here, if at all. */
    private HttpEnd next;

    /** Looks again. Any thread; returns at once when another thread is at it, which then looks once more. */
    public final void wake() {
        if (wakeUps.getAndIncrement() == 0) {
            run();
        }
    }

    private void run() {
        int seen;
        do {
            seen = wakeUps.get();
            try {
                advance();
            } catch (RuntimeException | Error e) {
                // Even an error must not end all turns to come.
                LOG.error("{} failed unexpectedly", this, e);
                crashed();
            }
            if (next != null && isHandedOver()) {
                return;
            }
        } while (wakeUps.addAndGet(-seen) != 0);
    }

    /**
     * This turn has taken long enough: the next one is to be another thread's. To be called by {@link #advance} as the last thing it does.
     * Whoever wakes the task meanwhile returns at once, so that this thread is free whatever happens on it.
     */
    protected final void goOnElsewhere(HttpEnd end) {
        next = end;
    }

    private boolean isHandedOver() {
        HttpEnd end = next;
        next = null;
        try {
            end.elsewhere(this::run);
            return true;
        } catch (RuntimeException e) {
            LOG.debug("no other thread goes on with {}", this, e);
            wakeUps.incrementAndGet();
            return false;
        }
    }

    /** Goes as far as it can without waiting; never on two threads at once. */
    protected abstract void advance();

    /** A fault of ours, or of the container: what is being done must end all the same. */
    protected abstract void crashed();
}
