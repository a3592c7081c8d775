package io.lambdadispatch.it.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers each first request with the same bytes, good or bad, a thread for each connection. Reads heads, no bodies. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final String answer;
    private final int pieceSize;
    private final Ending ending;

    /** @param pieceSize bytes that are sent together */
    ScriptedServer(String answer, int pieceSize, Ending ending) throws IOException {
        this.answer = answer;
        this.pieceSize = pieceSize;
        this.ending = ending;
        daemon(this::accept);
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + door.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = door.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
            return;
        }
    }

    private void serve(Socket socket) {
        try {
            readHead(socket.getInputStream());
            send(socket);
            switch (ending) {
                case STAY -> {}
                case CLOSE -> socket.close();
                case RESET -> {
                    socket.setSoLinger(true, 0);
                    socket.close();
                }
                case SERVE_ON -> {
                    while (readHead(socket.getInputStream())) {
                        send(socket);
                    }
                }
                case SERVE_ONE_READ_ONE -> {
                    boolean unused = readHead(socket.getInputStream());
                    socket.close();
                }
            }
        } catch (IOException e) {
            // The user has had enough.
            return;
        }
    }

    private void send(Socket socket) throws IOException {
        byte[] bytes = answer.getBytes(StandardCharsets.ISO_8859_1);
        for (int from = 0; from < bytes.length; from += pieceSize) {
            socket.getOutputStream().write(bytes, from, Math.min(pieceSize, bytes.length - from));
        }
    }

    /** False when there is none any more. */
    private static boolean readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
