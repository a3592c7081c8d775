package io.lambdadispatch.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A user who speaks HTTP/1.1 on a bare socket, because HTTP clients hide what is tested: framing, order, endings. */
final class RawUser implements AutoCloseable {
    private static final int LIMIT_MS = (int) Duration.ofSeconds(90).toMillis();

    private final Socket socket;
    private final InputStream in;
    private boolean isInChunks;

    RawUser(String url) throws IOException {
        this(url, new Socket());
    }

    private RawUser(String url, Socket socket) throws IOException {
        URI uri = URI.create(url);
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
        socket.setSoTimeout(LIMIT_MS);
        socket.setTcpNoDelay(true);
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** One whose machine takes little at a time. */
    static RawUser withReceiveBuffer(String url, int bytes) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(bytes);
        return new RawUser(url, socket);
    }

    RawUser send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawUser send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    RawUser send(byte[] bytes, int length) throws IOException {
        socket.getOutputStream().write(bytes, 0, length);
        return this;
    }

    RawUser sendChunk(String text) throws IOException {
        return send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    /** Up to and with the empty line. */
    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) readOne());
        }
        return head.toString();
    }

    String readText(int length) throws IOException {
        return new String(readBytes(length), StandardCharsets.ISO_8859_1);
    }

    byte[] readBytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /**
     * The data of the next chunk; empty for the last one. The line end behind the data is read with the chunk after it, because
     * some containers send it only then.
     */
    String readChunk() throws IOException {
        if (isInChunks) {
            readLineEnd();
        }
        StringBuilder size = new StringBuilder();
        while (size.indexOf("\r\n") < 0) {
            size.append((char) readOne());
        }
        int length = Integer.parseInt(size.toString().strip(), 16);
        isInChunks = length > 0;
        if (!isInChunks) {
            readLineEnd();
        }
        return readText(length);
    }

    private void readLineEnd() throws IOException {
        String end = readText(2);
        if (!end.equals("\r\n")) {
            throw new IOException("no line end where one should be: " + end);
        }
    }

    private int readOne() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new IOException("ended");
        }
        return next;
    }

    /** All that comes until the connection ends, in whatever way. */
    String readToEnd() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                bytes.write(next);
            }
        } catch (java.net.SocketException e) {
            // A reset: an end like any other, here.
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** Goes away without a word: the connection is reset. */
    void leave() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
