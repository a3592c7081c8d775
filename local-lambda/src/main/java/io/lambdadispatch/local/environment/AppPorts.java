package io.lambdadispatch.local.environment;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of 127.0.0.1 for the apps in the environments. On AWS each environment has a network of its own; here all share
 * one. The ports lie below the range from which the kernel takes ports of outgoing connections, so that none of those
 * can take one between the choice and the app's start. Safe for use by threads.
 */
final class AppPorts {
    private static final int LOWEST = 12_000;
    private static final int BEYOND = 32_000;

    private final Set<Integer> lent = new HashSet<>();
    // Several local-lambdas on one machine start at different places.
    private int next = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);

    /**
     * Lends a port that nobody listens on.
     *
     * @throws IOException when all are taken
     */
    synchronized int lend() throws IOException {
        for (int tries = LOWEST; tries < BEYOND; tries++) {
            int port = next;
            next = next + 1 < BEYOND ? next + 1 : LOWEST;
            if (!lent.contains(port) && isFree(port)) {
                lent.add(port);
                return port;
            }
        }
        throw new IOException("no port from " + LOWEST + " to " + (BEYOND - 1) + " is free");
    }

    synchronized void giveBack(int port) {
        lent.remove(port);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
