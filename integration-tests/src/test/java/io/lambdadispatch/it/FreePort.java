package io.lambdadispatch.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for processes that cannot be told to take any. None is found twice, for it may be a while until its process takes it; not by
 * another JVM that runs tests of this build either, as long as this one lives. They lie below those that systems and local-lambda
 * give out by themselves.
 */
final class FreePort {
    private static final int FIRST = 10_000;
    private static final int END = 12_000;

    /** Each with the lock that keeps it for this JVM. */
    private static final Map<Integer, FileChannel> FOUND = new HashMap<>();

    private FreePort() {}

    static synchronized int find() {
        try {
            while (true) {
                int port = ThreadLocalRandom.current().nextInt(FIRST, END);
                if (!FOUND.containsKey(port) && isOurs(port) && isFree(port)) {
                    return port;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOurs(int port) throws IOException {
        Path locks = Files.createDirectories(Distributions.build().resolve("ports"));
        FileChannel lock = FileChannel.open(
                locks.resolve(Integer.toString(port)), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            lock.close();
            return false;
        }
        FOUND.put(port, lock);
        return true;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
