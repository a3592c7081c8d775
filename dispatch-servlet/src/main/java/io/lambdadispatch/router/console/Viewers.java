package io.lambdadispatch.router.console;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lambdadispatch.router.relay.HttpEnd;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * All who look at the console. Each gets what is shown if they take it in time; nobody waits for them, and they are cut off when they
 * take nothing for a while. Thread-safe; nothing blocks.
 */
public final class Viewers implements AutoCloseable {
    /** Who may look at the same time: people, not monitoring. */
    public static final int MOST = 32;

    private static final int OK = 200;

    @GuardedBy("this")
    private final Set<Viewer> viewers = new LinkedHashSet<>();

    @GuardedBy("this")
    private boolean isClosed;

    /**
     * Lets somebody look from now on, until they leave.
     *
     * @param first what they are shown first
     * @return false when there are too many already, or nothing is shown any more: nothing has been done then
     */
    public boolean admit(HttpEnd end, String first) {
        Viewer viewer = new Viewer(end, bytes(first), this::leave);
        synchronized (this) {
            if (isClosed || viewers.size() >= MOST) {
                return false;
            }
            viewers.add(viewer);
        }
        end.status(OK);
        end.field("Content-Type", "text/event-stream;charset=utf-8");
        viewer.begin();
        return true;
    }

    private synchronized void leave(Viewer viewer) {
        viewers.remove(viewer);
    }

    /** How many there are. */
    public synchronized int count() {
        return viewers.size();
    }

    private synchronized List<Viewer> all() {
        return List.copyOf(viewers);
    }

    /** Shows all of them what there is, which is asked for once, and not at all when nobody looks. */
    public void show(Supplier<String> event) {
        List<Viewer> present = all();
        if (present.isEmpty()) {
            return;
        }
        byte[] bytes = bytes(event.get());
        present.forEach(viewer -> viewer.show(bytes));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Nothing is shown any more. */
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
        }
        all().forEach(Viewer::end);
    }
}
