package io.lambdadispatch.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as an extension of its own Lambda environment. It subscribes to nothing; but Lambda ends an environment
 * without extensions by SIGKILL, and only one with an extension by SIGTERM with half a second for an orderly end.
 *
 * <p>Follows the Extensions API, version 2020-01-01. The init phase is over only when each extension has asked for its next
 * event, so this one asks once and never reads the answer, which never comes: an open socket, no thread.
 */
final class InternalExtension {
    private static final Logger LOG = LoggerFactory.getLogger(InternalExtension.class);
    private static final String API = "/2020-01-01/extension/";
    private static final String NAME = "lambda-dispatch";
    private static final String IDENTIFIER = "lambda-extension-identifier:";

    /** Lambda answers at once, unless the machine stalls; and an environment without SIGTERM is worse than a late one. */
    private static final int TIMEOUT_MILLIS = 30_000;

    private static final int LONGEST_ANSWER_BYTES = 16 * 1024;

    /** Held so that it stays open; there is one environment in a process. */
    private final Socket nextEvent;

    private InternalExtension(Socket nextEvent) {
        this.nextEvent = nextEvent;
    }

    /**
     * Registers; to be called in the init phase.
     *
     * @return {@code null} where there is no Extensions API, as with some stand-ins of Lambda
     */
    static InternalExtension register(Map<String, String> environment) {
        String api = environment.get("AWS_LAMBDA_RUNTIME_API");
        if (api == null || api.isEmpty()) {
            return null;
        }
        try {
            int colon = api.lastIndexOf(':');
            InetSocketAddress address = colon < 0
                    ? new InetSocketAddress(api, 80)
                    : new InetSocketAddress(api.substring(0, colon), Integer.parseInt(api.substring(colon + 1)));
            String identifier = identifierOf(register(address, api));
            return new InternalExtension(askForNext(address, api, identifier));
        } catch (IOException | IllegalArgumentException e) {
            LOG.info("not registered as an extension, so there will be no SIGTERM: {}", e.getMessage());
            return null;
        }
    }

    private static String register(InetSocketAddress address, String host) throws IOException {
        String body = "{\"events\":[]}";
        try (Socket socket = connect(address)) {
            send(
                    socket,
                    "POST " + API + "register HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n"
                            + "Content-Type: application/json\r\nLambda-Extension-Name: " + NAME
                            + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            return readHead(socket.getInputStream());
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0 || head.length() == LONGEST_ANSWER_BYTES) {
                throw new IOException("the Extensions API's answer has no end: " + head);
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static String identifierOf(String head) throws IOException {
        String[] lines = head.split("\r\n", -1);
        if (lines[0].contains(" 200")) {
            for (String line : lines) {
                if (line.toLowerCase(Locale.ROOT).startsWith(IDENTIFIER)) {
                    return line.substring(IDENTIFIER.length()).trim();
                }
            }
        }
        throw new IOException("the Extensions API answers " + lines[0]);
    }

    private static Socket askForNext(InetSocketAddress address, String host, String identifier) throws IOException {
        Socket socket = connect(address);
        send(
                socket,
                "GET " + API + "event/next HTTP/1.1\r\nHost: " + host + "\r\nLambda-Extension-Identifier: " + identifier
                        + "\r\n\r\n");
        return socket;
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return "InternalExtension[" + nextEvent + ']';
    }
}
