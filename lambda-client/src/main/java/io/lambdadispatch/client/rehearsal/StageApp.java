package io.lambdadispatch.client.rehearsal;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An app that is healthy from the first moment, and says the same to everybody. */
final class StageApp extends StageServer {
    private static final byte[] TEXT =
            "Nobody knows these lines yet. ".repeat(100).getBytes(StandardCharsets.UTF_8);

    StageApp() throws IOException {
        super("stage-app");
    }

    @Override
    void serve(Exchange exchange, Socket socket) throws IOException {
        exchange.answer(200, "Content-Type: text/plain\r\nETag: \"1\"\r\n", TEXT);
    }
}
