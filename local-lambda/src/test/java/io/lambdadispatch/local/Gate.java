package io.lambdadispatch.local;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Holds invokes: a stand-in runtime that was told to come here waits until the gate is opened. */
final class Gate implements AutoCloseable {
    private final ServerSocket door;
    private final List<Socket> waiting = new ArrayList<>();

    Gate() {
        try {
            door = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
            door.setSoTimeout((int) Await.LONGEST.toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The payload that sends an invoke here. */
    String payload() {
        return "\"gate " + door.getLocalPort() + "\"";
    }

    /** Waits until so many more invokes have come. */
    void awaitArrivals(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            waiting.add(door.accept());
        }
    }

    void open() throws IOException {
        for (Socket socket : waiting) {
            socket.close();
        }
        waiting.clear();
    }

    @Override
    public void close() throws IOException {
        open();
        door.close();
    }
}
