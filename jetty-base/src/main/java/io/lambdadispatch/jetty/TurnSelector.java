package io.lambdadispatch.jetty;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A selector that knows its turns: what it does between two looks at its sockets. Events leave to the end of their turn what is
 * cheaper done once, or not in their midst.
 *
 * <p>Whoever has a turn is the one thread that produces for this selector, so the list needs no lock: Jetty hands production on
 * from thread to thread, and what one has left the next one does.
 */
final class TurnSelector extends ManagedSelector {
    private static final Logger LOG = LoggerFactory.getLogger(TurnSelector.class);

    private static final ThreadLocal<TurnSelector> CURRENT = new ThreadLocal<>();

    private final List<Runnable> left = new ArrayList<>();

    TurnSelector(SelectorManager manager, int id) {
        super(manager, id);
    }

    /** The selector whose event this thread is at, or {@code null}. */
    static TurnSelector current() {
        return CURRENT.get();
    }

    /** Runs an event that does not block, on the thread that will go on selecting. */
    void run(Runnable event) {
        CURRENT.set(this);
        try {
            event.run();
        } finally {
            CURRENT.set(null);
        }
    }

    /** Does that when the turn ends. To be called only by whoever has the turn. */
    void atEndOfTurn(Runnable action) {
        left.add(action);
    }

    @Override
    protected int nioSelect(Selector selector, boolean now) throws IOException {
        endTurn();
        return super.nioSelect(selector, now);
    }

    /** What is left may leave more. */
    private void endTurn() {
        for (int i = 0; i < left.size(); i++) {
            tryRun(left.get(i));
        }
        left.clear();
    }

    /** Jetty would take a failure here for one of the selector; and it throws checked ones undeclared. */
    private void tryRun(Runnable action) {
        try {
            run(action);
        } catch (Throwable e) {
            LOG.warn("{} failed at the end of a turn", action, e);
        }
    }
}
