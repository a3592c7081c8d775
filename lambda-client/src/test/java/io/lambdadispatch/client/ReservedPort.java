package io.lambdadispatch.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of this machine on which nobody listens. It is bound: the kernel gives it to nobody who asks for any port, as other tests
 * do meanwhile, but to a server that asks for this one.
 */
final class ReservedPort implements AutoCloseable {
    private final Socket holder = new Socket();

    ReservedPort() throws IOException {
        holder.setReuseAddress(true);
        holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    int number() {
        return holder.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        holder.close();
    }
}
