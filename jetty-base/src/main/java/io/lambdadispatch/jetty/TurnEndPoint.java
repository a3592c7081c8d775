package io.lambdadispatch.jetty;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A connection whose events belong to the turns of its selector, and that asks the kernel for as little as it can. Jetty takes
 * back its interest in what a peer sends with each event, and declares it anew to read on; where another thread does that, such as
 * the one that writes the answer to a request, the selector has to be woken for it. Here the interest stays until something comes
 * that nobody waits for.
 */
class TurnEndPoint extends SocketChannelEndPoint {
    private final TurnSelector selector;
    private final Object interest = new Object();

    /** The selector does not look for what the peer sends. */
    @GuardedBy("interest")
    private boolean isOff = true;

    /** What had come was read, so that to ask again would be a system call for nothing, until the selector tells of more. */
    private volatile boolean isDrained;

    TurnEndPoint(SocketChannel channel, TurnSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
        this.selector = selector;
    }

    /** The selector of its events. */
    final TurnSelector turns() {
        return selector;
    }

    @Override
    public Runnable onSelected() {
        isDrained = false;
        Runnable task = super.onSelected();
        if (task == null) {
            return null;
        }
        SelectedEvent event = new SelectedEvent(selector, task, isAwaited());
        // An event that another thread will see to would come again and again until it does.
        boolean isServedAtOnce = event.getInvocationType() == InvocationType.NON_BLOCKING;
        synchronized (interest) {
            isOff = !isServedAtOnce || !getFillInterest().isInterested();
            if (!isOff) {
                super.needsFillInterest();
            }
        }
        return event;
    }

    private boolean isAwaited() {
        return getFillInterest().isInterested() || getWriteFlusher().isPending();
    }

    @Override
    protected void needsFillInterest() {
        synchronized (interest) {
            if (isOff) {
                isOff = false;
                super.needsFillInterest();
            }
        }
    }

    /** Whether the selector has told of nothing since all was read. */
    final boolean isDrained() {
        return isDrained;
    }

    /** May say that there is nothing although there is by now: whoever then waits for it is told. */
    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        if (isDrained && !isInputShutdown()) {
            return 0;
        }
        int space = buffer.capacity() - buffer.limit();
        int size = super.fill(buffer);
        isDrained = size > 0 && size < space;
        return size;
    }
}
