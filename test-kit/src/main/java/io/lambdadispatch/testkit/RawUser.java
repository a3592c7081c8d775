package io.lambdadispatch.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A user on a plain socket, who speaks HTTP/1.x byte by byte. */
public final class RawUser implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private boolean isInChunks;

    private RawUser(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Await.LONGEST.toMillis());
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** In the clear. */
    public static RawUser connect(int port) throws IOException {
        return new RawUser(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** In the clear, with a small receive buffer: they can be slow. */
    public static RawUser connectSlow(int port) throws IOException {
        return connectSlow(port, 16 * 1024);
    }

    /** In the clear, with a receive buffer of that size. */
    public static RawUser connectSlow(int port, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer);
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawUser(socket);
    }

    /** Over TLS, with ALPN {@code http/1.1}, trusting anybody. */
    public static RawUser connectTls(int port) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new RawUser(socket);
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** The head of an answer, 1xx ones too. */
    public record AnswerHead(String statusLine, List<Field> fields) {
        /** Its status. */
        public int status() {
            return Integer.parseInt(statusLine.substring(9, 12));
        }

        /** Values of that name, in any case, in their order. */
        public List<String> values(String name) {
            return Field.values(fields, name);
        }

        @Override
        public String toString() {
            return statusLine + ' ' + fields;
        }
    }

    /**
     * An answer.
     *
     * @param text the body, as ISO-8859-1
     * @param isComplete whether the body ended as its framing says; false when it was cut short
     */
    public record Answer(AnswerHead head, String text, boolean isComplete) {
        /** Its status. */
        public int status() {
            return head.status();
        }

        /** Its body's bytes. */
        public byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }

        @Override
        public String toString() {
            return head.statusLine() + ' ' + text.length() + " bytes" + (isComplete ? "" : ", cut short");
        }
    }

    /** Sends text as ISO-8859-1. */
    public RawUser send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes. */
    public RawUser send(byte[] bytes) throws IOException {
        return send(bytes, bytes.length);
    }

    /** Sends the first of these bytes. */
    public RawUser send(byte[] bytes, int length) throws IOException {
        socket.getOutputStream().write(bytes, 0, length);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends a chunk of a chunked body. */
    public RawUser sendChunk(String text) throws IOException {
        return send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    /** Sends a GET without any field but Host. */
    public RawUser get(String target) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: example.com\r\n\r\n");
    }

    /** The next head, interim or final. */
    public AnswerHead readHead() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            lines.add(line);
        }
        return new AnswerHead(lines.get(0), Field.parseAll(lines.subList(1, lines.size())));
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("connection ended in: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** The whole final answer. */
    public Answer readAnswer() throws IOException {
        return readAnswer("GET");
    }

    /** The whole final answer to a request of that method. */
    public Answer readAnswer(String method) throws IOException {
        AnswerHead head = readHead();
        while (head.status() < 200) {
            head = readHead();
        }
        return readRest(head, method);
    }

    /** What follows that head. */
    public Answer readRest(AnswerHead head, String method) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        InputStream from = body(head, method);
        byte[] some = new byte[16 * 1024];
        try {
            for (int size = from.read(some); size >= 0; size = from.read(some)) {
                body.write(some, 0, size);
            }
            return new Answer(head, body.toString(StandardCharsets.ISO_8859_1), true);
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return new Answer(head, body.toString(StandardCharsets.ISO_8859_1), false);
        }
    }

    /** The body behind that head; reading it throws when it is cut short. */
    public InputStream body(AnswerHead head, String method) {
        int status = head.status();
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return InputStream.nullInputStream();
        }
        if (head.values("Transfer-Encoding").contains("chunked")) {
            return new Chunked();
        }
        List<String> length = head.values("Content-Length");
        return length.isEmpty() ? in : new Counted(Long.parseLong(length.get(0)));
    }

    private final class Counted extends InputStream {
        private long left;

        Counted(long left) {
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int size) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(target, offset, (int) Math.min(size, left));
            if (read < 0) {
                throw new EOFException(left + " bytes short");
            }
            left -= read;
            return read;
        }
    }

    private final class Chunked extends InputStream {
        private long left;
        private boolean isFirst = true;
        private boolean isDone;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int size) throws IOException {
            if (left == 0 && !isDone) {
                nextChunk();
            }
            if (isDone) {
                return -1;
            }
            int read = in.read(target, offset, (int) Math.min(size, left));
            if (read < 0) {
                throw new EOFException("ended in a chunk");
            }
            left -= read;
            return read;
        }

        private void nextChunk() throws IOException {
            if (!isFirst) {
                readLine();
            }
            isFirst = false;
            left = Long.parseLong(readLine().split(";", 2)[0].strip(), 16);
            if (left == 0) {
                isDone = true;
                readLine();
            }
        }
    }

    /** The next bytes, as text. */
    public String readText(int length) throws IOException {
        return new String(readBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** The next bytes. */
    public byte[] readBytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /**
     * The data of the next chunk; empty for the last one. The line end behind the data is read with the chunk after it, because
     * some containers send it only then.
     */
    public String readChunk() throws IOException {
        if (isInChunks) {
            readLineEnd();
        }
        int length = Integer.parseInt(readLine().strip(), 16);
        isInChunks = length > 0;
        if (!isInChunks) {
            readLineEnd();
        }
        return readText(length);
    }

    private void readLineEnd() throws IOException {
        String end = readLine();
        if (!end.isEmpty()) {
            throw new IOException("no line end where one should be: " + end);
        }
    }

    /** All that comes until the connection ends, be it by a reset. */
    public String readToEnd() throws IOException {
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

    /** Waits until the router closes the connection; whether it did so without another byte. */
    public boolean awaitEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return true;
        }
    }

    /** The certificate that the router showed, DER. */
    public byte[] peerCertificate() throws IOException {
        try {
            return ((SSLSocket) socket).getSession().getPeerCertificates()[0].getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IOException(e);
        }
    }

    /** Whether a byte waits to be read. */
    public boolean hasBytes() throws IOException {
        return in.available() > 0;
    }

    /** Says that no more is to come, and still listens. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves with a TCP reset, as one whose process was killed with bytes unread. */
    public void leaveRudely() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Leaves. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
