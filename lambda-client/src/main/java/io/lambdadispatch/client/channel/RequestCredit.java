package io.lambdadispatch.client.channel;

import io.lambdadispatch.client.router.RouterConnection;
import java.io.IOException;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * Lets the router send as much more as the app has taken. HttpCore shows the channel for that only when the window runs low,
 * so credit that comes earlier is kept. Confined to the reactor thread.
 */
final class RequestCredit {
    /** Below that it is not worth a frame; it must be less than half of a stream's first window. */
    private static final int WORTH_A_FRAME = 32 * 1024;

    /** A request with as much is a big one: the first window is used up by half. */
    private static final int BIG_BYTES = RouterConnection.INITIAL_WINDOW_BYTES / 2;

    private final WindowBudget budget;
    private CapacityChannel channel;
    private long came;
    private int earned;
    private int share;

    /** Of the window's width, what no request uses any more. */
    private int owed;

    private boolean open = true;

    RequestCredit(WindowBudget budget) {
        this.budget = budget;
    }

    /** The window runs low. */
    void runsLow(CapacityChannel capacity) throws IOException {
        channel = capacity;
        widen();
        grant();
    }

    /** A request begins; what came before was another one's, and its big window is narrowed as bytes come. */
    void begin() {
        came = 0;
        owed += share;
        share = 0;
    }

    /** So many bytes of the request have come. */
    void came(int bytes) {
        came += bytes;
        widen();
    }

    /** A big body gets a big window: what is left of an earlier one's, or a share of its own. */
    private void widen() {
        if (open && channel != null && share == 0 && came >= BIG_BYTES) {
            if (owed > 0) {
                share = owed;
                owed = 0;
            } else {
                share = budget.take();
                earned += share;
            }
        }
    }

    /** What was granted cannot be taken back, but what comes need not be granted again. */
    void earn(int bytes) throws IOException {
        int kept = open ? Math.min(bytes, owed) : 0;
        owed -= kept;
        budget.giveBack(kept);
        earned += bytes - kept;
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
            budget.giveBack(share + owed);
        }
    }
}
