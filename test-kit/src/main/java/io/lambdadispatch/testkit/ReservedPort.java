package io.lambdadispatch.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A port of this machine on which nobody listens. It is bound: the kernel gives it to nobody who asks for any port, as other tests
 * and connections do meanwhile, but to a server that asks for this one.
 */
public final class ReservedPort implements AutoCloseable {
    private static final List<ReservedPort> HELD = new ArrayList<>();

    private final Socket holder = new Socket();

    /** Reserves it until it is closed. */
    public ReservedPort() throws IOException {
        holder.setReuseAddress(true);
        holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Reserves one until this JVM ends, for a process that cannot be told to take any. */
    public static int take() {
        try {
            ReservedPort port = new ReservedPort();
            synchronized (HELD) {
                HELD.add(port);
            }
            return port.number();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which one it is. */
    public int number() {
        return holder.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        holder.close();
    }
}
