package io.lambdadispatch.local.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Runtime API's ports: each environment has its own on 127.0.0.1, and by it is known. All of them are accepted by
 * the selector of one connector, so that an environment costs a socket and no thread.
 */
public final class RuntimeApi {
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeApi.class);

    private final ServerConnector connector;
    private final Map<Integer, Sandbox> sandboxes = new ConcurrentHashMap<>();

    /** @param connector started before the first port is opened */
    public RuntimeApi(ServerConnector connector) {
        this.connector = connector;
    }

    /** A listening port. */
    public record Port(int number, ServerSocketChannel channel) {}

    /** @throws IOException when the machine has no port or file left */
    public Port open(Sandbox sandbox) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.configureBlocking(false);
            Port port = new Port(channel.socket().getLocalPort(), channel);
            sandboxes.put(port.number(), sandbox);
            connector.getSelectorManager().acceptor(channel);
            return port;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    public void close(Port port) {
        sandboxes.remove(port.number());
        if (connector.isRunning()) {
            // By the selector's thread, and so not before it has registered the port.
            connector
                    .getSelectorManager()
                    .getBeans(ManagedSelector.class)
                    .forEach(selector -> selector.submit(registered -> close(port.channel())));
        } else {
            close(port.channel());
        }
    }

    private static void close(ServerSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing the port of an environment", e);
        }
    }

    /** Whose Runtime API was asked; none when the request came to the Invoke API's port. */
    Optional<Sandbox> sandboxOf(Request request) {
        return Optional.ofNullable(sandboxes.get(Request.getLocalPort(request)));
    }

    boolean isOwnPort(Request request) {
        return Request.getLocalPort(request) == connector.getLocalPort();
    }
}
