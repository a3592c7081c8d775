package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A network between client and router that a test can cut: nothing crosses any more, and nobody is told. */
final class Wire implements AutoCloseable {
    private final ServerSocket near;
    private final int farPort;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch connected = new CountDownLatch(1);
    private volatile boolean cut;

    Wire(int farPort) throws IOException {
        this.farPort = farPort;
        this.near = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::acceptAll);
    }

    int port() {
        return near.getLocalPort();
    }

    void awaitConnection() throws InterruptedException {
        assertTrue(connected.await(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody connects");
    }

    void cut() {
        cut = true;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = near.accept();
                connected.countDown();
                Socket router = new Socket(InetAddress.getLoopbackAddress(), farPort);
                sockets.addAll(List.of(client, router));
                start(() -> copy(client, router));
                start(() -> copy(router, client));
            }
        } catch (IOException e) {
            // Closed by the test.
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] bytes = new byte[8 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int size = in.read(bytes); size >= 0 && !cut; size = in.read(bytes)) {
                out.write(bytes, 0, size);
            }
            if (!cut) {
                to.close();
            }
        } catch (IOException e) {
            // Either end is gone.
        }
    }

    @Override
    public void close() throws IOException {
        near.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
