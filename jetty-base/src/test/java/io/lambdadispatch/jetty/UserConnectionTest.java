package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user of HTTP/1.0, to whom an answer without a length ends with its connection, sees of one that Jetty sends at once. */
class UserConnectionTest {
    private static final int SMALL_BUFFER_BYTES = 16 * 1024;

    private final Server server = new Server();
    private final Socket user = new Socket();
    private final CompletableFuture<Void> sent = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private void answer(int bytes, Duration patience) throws Exception {
        TurnConnector connector =
                new TurnConnector(server, 1, true, new UserConnectionFactory(new HttpConfiguration()));
        connector.setHost("127.0.0.1");
        connector.setAcceptedSendBufferSize(8 * SMALL_BUFFER_BYTES);
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(patience.toMillis());
                request.addHttpStreamWrapper(stream -> new HttpStream.Wrapper(stream) {
                    @Override
                    public void succeeded() {
                        super.succeeded();
                        ended.complete(null);
                    }

                    @Override
                    public void failed(Throwable failure) {
                        super.failed(failure);
                        ended.complete(null);
                    }
                });
                response.write(true, ByteBuffer.allocate(bytes), new Callback.Nested(callback) {
                    @Override
                    public void succeeded() {
                        sent.complete(null);
                        super.succeeded();
                    }
                });
                return true;
            }
        });
        server.start();
        user.setReceiveBufferSize(SMALL_BUFFER_BYTES);
        user.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort()));
    }

    @AfterEach
    void stop() throws Exception {
        user.close();
        server.stop();
    }

    private void send(String request) throws IOException {
        user.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    /** {@link UserConnection} and {@link UsersConnector} lean on what this version does inside: look again when it is another one. */
    @Test
    void jettyIsTheVersionThatWasLookedAt() {
        assertEquals("12.1.12", Server.getVersion());
    }

    @Test
    void anAnswerWhoseEndHeDoesNotTakeIsCutOffVisibly() throws Exception {
        answer(10_000_000, Duration.ofMillis(300));
        send("GET / HTTP/1.0\r\n\r\n");
        Await.value(ended);
        InputStream answer = user.getInputStream();
        assertThrows(IOException.class, answer::readAllBytes);
    }

    @Test
    void anAnswerThatWasWholeBeforeItsUploadIsNotCutOff() throws Exception {
        int bytes = 60_000;
        answer(bytes, Duration.ofMinutes(1));
        send("POST / HTTP/1.0\r\nContent-Length: 100\r\n\r\nabc");
        // The kernel has it, and he has taken little of it, when the connection ends.
        Await.value(sent);
        Await.value(ended);
        String answer = new String(user.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals(bytes, answer.length() - answer.indexOf("\r\n\r\n") - 4);
    }
}
