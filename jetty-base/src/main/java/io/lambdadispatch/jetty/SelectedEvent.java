package io.lambdadispatch.jetty;

import java.io.Closeable;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * What Jetty does about a socket that has become readable or writable, as an event of a {@link TurnSelector}. Where Jetty may do
 * it either way, it does not hand it to another thread: HTTP/2 asks for nothing that blocks, because the router does not.
 */
final class SelectedEvent implements Invocable.Task, Closeable {
    private final TurnSelector selector;
    private final Runnable task;

    /** As it was when Jetty asked: by then it was settled on which thread this runs. */
    private final InvocationType type;

    /** @param isAwaited whether anybody waits for it: if not, Jetty takes it for one that blocks, and hands a thread over for nothing */
    SelectedEvent(TurnSelector selector, Runnable task, boolean isAwaited) {
        this.selector = selector;
        this.task = task;
        InvocationType ofTask = Invocable.getInvocationType(task);
        this.type = !isAwaited || ofTask == InvocationType.EITHER ? InvocationType.NON_BLOCKING : ofTask;
    }

    @Override
    public void run() {
        if (type == InvocationType.NON_BLOCKING) {
            selector.run(task);
        } else {
            task.run();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return type;
    }

    /** Nobody can run it any more. */
    @Override
    public void close() {
        IO.close(task instanceof Closeable closeable ? closeable : null);
    }
}
