package io.lambdadispatch.client.router;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * Who writes next when a connection cannot take all at once. HttpCore asks its streams in an order that never changes, so the first ones
 * would go first whenever the socket is full, and the last ones wait; here they take turns, a frame each, in the order in which they came.
 * Confined to the reactor thread.
 */
public final class WriteTurns {
    /** Has bytes that the connection did not take. */
    public interface Writer {
        /**
         * Writes one frame.
         *
         * @return whether one went and more is left; false also when its window is used up, after which it asks for another turn when HttpCore asks it
         */
        boolean writeFrame() throws IOException;

        /** Its bytes could not be written in another one's turn. Its own tells why. */
        void turnFailed();
    }

    private final Queue<Writer> waiting = new ArrayDeque<>();
    private final BooleanSupplier isFull;

    /** @param isFull whether the connection takes nothing at present */
    public WriteTurns(BooleanSupplier isFull) {
        this.isFull = isFull;
    }

    /** Whether others wait already, so that who comes now has to wait too. */
    public boolean isAnyWaiting() {
        return !waiting.isEmpty();
    }

    /** Puts it behind all who wait; it must not be waiting. */
    public void join(Writer writer) {
        waiting.add(writer);
    }

    /** Lets them write, one after the other, as long as the connection takes it. */
    public void run() {
        while (!isFull.getAsBoolean()) {
            Writer next = waiting.poll();
            if (next == null) {
                return;
            }
            write(next);
        }
    }

    private void write(Writer writer) {
        try {
            if (writer.writeFrame()) {
                waiting.add(writer);
            }
        } catch (IOException | RuntimeException e) {
            writer.turnFailed();
        }
    }
}
