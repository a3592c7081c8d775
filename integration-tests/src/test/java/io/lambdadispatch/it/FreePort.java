package io.lambdadispatch.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for processes that cannot be told to take any. None is found twice: it may be a while until its process takes it. They lie below
 * those that systems and local-lambda give out by themselves, and each JVM that runs tests has its own.
 */
final class FreePort {
    private static final int PORTS = 500;
    private static final int FIRST = 10_000 + PORTS * Integer.getInteger("fork.number", 0);

    private static final Set<Integer> found = new HashSet<>();

    private FreePort() {}

    static synchronized int find() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, FIRST + PORTS);
            if (!found.add(port)) {
                continue;
            }
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Somebody has it.
            }
        }
    }
}
