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

    /** Looks again. Any thread; returns at once when another thread is at it, which then looks once more. */
    public final void wake() {
        if (wakeUps.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                advance();
            } catch (RuntimeException | Error e) {
                // Even an error must not end all turns to come.
                LOG.error("{} failed unexpectedly", this, e);
                crashed();
            }
            seen = wakeUps.addAndGet(-seen);
        } while (seen != 0);
    }

    /** Goes as far as it can without waiting; never on two threads at once. */
    protected abstract void advance();

    /** A fault of ours, or of the container: what is being done must end all the same. */
    protected abstract void crashed();
}
