package io.lambdadispatch.client.channel;

/**
 * What all request bodies together may occupy beyond the small window that every stream starts with. A stream that turns
 * out to carry a big body takes a share, which makes it about twice as fast, and gives it back at its end, or piece by piece while it
 * carries other requests; when nothing is left, further streams stay with their small window. So memory is bounded however many users
 * upload. Confined to the reactor thread.
 */
final class WindowBudget {
    private final long shareBytes;
    private long left;

    WindowBudget(long totalBytes, long shareBytes) {
        this.shareBytes = shareBytes;
        this.left = totalBytes;
    }

    /** Takes one share: its size in bytes, or 0 when none is left. */
    int take() {
        if (left < shareBytes) {
            return 0;
        }
        left -= shareBytes;
        return (int) shareBytes;
    }

    /** Gives back what {@link #take()} returned, or a part of it. */
    void giveBack(int bytes) {
        left += bytes;
    }
}
