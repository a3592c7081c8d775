package io.lambdadispatch.client.router;

import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** Where a router is. Its name may take the resolver longer than an invoke has time, so nobody waits for it. */
public record RouterAddress(String host, int port) {
    private static final int HIGHEST_PORT = 65_535;

    /** @throws IllegalArgumentException when there is no such port */
    public RouterAddress {
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("DispatcherUrl: port " + port + " (expected: 1 to 65535)");
        }
    }

    /** Tells the address, which is unresolved if nobody knows it: at once for a literal one, else from a thread of its own. */
    void resolve(Consumer<InetSocketAddress> told) {
        if (isLiteral()) {
            told.accept(new InetSocketAddress(host, port));
        } else {
            Thread resolver =
                    new Thread(() -> told.accept(new InetSocketAddress(host, port)), "lambda-dispatch-resolver");
            resolver.setDaemon(true);
            resolver.start();
        }
    }

    private boolean isLiteral() {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }
}
