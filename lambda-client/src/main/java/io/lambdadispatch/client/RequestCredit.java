package io.lambdadispatch.client;

import java.io.IOException;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * Lets the router send as much more as the app has taken. HttpCore shows the channel for that only when the window runs low,
 * so credit that comes earlier is kept. Confined to the reactor thread.
 */
final class RequestCredit {
    /** Below that it is not worth a frame; it must be less than half of a stream's first window. */
    private static final int WORTH_A_FRAME = 32 * 1024;

    private final WindowBudget budget;
    private CapacityChannel channel;
    private int earned;
    private int share;
    private boolean open = true;

    RequestCredit(WindowBudget budget) {
        this.budget = budget;
    }

    /** The window runs low: this is a big body. */
    void runsLow(CapacityChannel capacity) throws IOException {
        channel = capacity;
        if (open && share == 0) {
            share = budget.take();
            earned += share;
        }
        grant();
    }

    void earn(int bytes) throws IOException {
        earned += bytes;
        grant();
    }

    private void grant() throws IOException {
        if (open && channel != null && earned >= WORTH_A_FRAME) {
            int granted = earned;
            earned = 0;
            channel.update(granted);
        }
    }

    /** Nothing more will come. */
    void close() {
        if (open) {
            open = false;
            budget.giveBack(share);
        }
    }
}
