package io.lambdadispatch.benchmarks.system.parked;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Users on HTTP/1.1, each on a connection of his own, who have asked and wait. */
final class ParkedUsers implements AutoCloseable {
    /** What a browser sends, so that a parked request weighs what it does in life. */
    private static final byte[] REQUEST = """
            GET /items?page=2 HTTP/1.1
            Host: app.example.com
            User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
            Accept-Language: en-US,en;q=0.5
            Accept-Encoding: gzip, deflate, br
            Cookie: session=0123456789abcdef0123456789abcdef

            """.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);

    private final List<SocketChannel> connections = new ArrayList<>();

    ParkedUsers(int port, int count) throws IOException {
        InetSocketAddress router = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < count; i++) {
            SocketChannel connection = SocketChannel.open(router);
            connections.add(connection);
            ByteBuffer request = ByteBuffer.wrap(REQUEST);
            while (request.hasRemaining()) {
                connection.write(request);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel connection : connections) {
            connection.close();
        }
    }
}
