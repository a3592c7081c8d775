package io.lambdadispatch.router.relay;

/** Buffers of one size, one kept by each thread. A buffer taken by one thread may be given back by another. */
public final class Buffers {
    /** As much as one read may take: what a container's TLS record and default frames fit into twice. */
    public static final int SIZE = 32 * 1024;

    private static final ThreadLocal<byte[]> KEPT = new ThreadLocal<>();

    private Buffers() {}

    /** One of {@link #SIZE} bytes. */
    public static byte[] take() {
        byte[] kept = KEPT.get();
        if (kept == null) {
            return new byte[SIZE];
        }
        KEPT.remove();
        return kept;
    }

    /** Gives one back that nobody uses any more. */
    public static void give(byte[] buffer) {
        KEPT.set(buffer);
    }
}
