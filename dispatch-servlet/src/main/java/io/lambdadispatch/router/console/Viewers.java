package io.lambdadispatch.router.console;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All who look at the console. Each gets what is shown if he takes it in time; nobody waits for him, and he is cut off when he
 * takes nothing for a while. Thread-safe; nothing blocks.
 */
public final class Viewers implements AutoCloseable {
    /** Who may look at the same time: people, not monitoring. */
    public static final int MOST = 32;

    @GuardedBy("this")
    private final Set<Viewer> viewers = new LinkedHashSet<>();

    @GuardedBy("this")
    private boolean isClosed;

    /**
     * Lets somebody look from now on, until he leaves.
     *
     * @param context without a time-out; the head of its response is set, and nothing has been written
     * @param first what he is shown first
     * @param abort ends an answer that has begun
     * @return false when there are too many already, or nothing is shown any more: nothing has been done then
     */
    public boolean admit(AsyncContext context, String first, Consumer<AsyncContext> abort) throws IOException {
        Viewer viewer = new Viewer(context, bytes(first), abort, this::leave);
        synchronized (this) {
            if (isClosed || viewers.size() >= MOST) {
                return false;
            }
            viewers.add(viewer);
        }
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
