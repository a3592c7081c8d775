package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.testkit.RawUser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** One who watches the console's events. */
public final class EventStream implements AutoCloseable {
    private final RawUser connection;
    private final BufferedReader lines;

    private EventStream(RawUser connection, BufferedReader lines) {
        this.connection = connection;
        this.lines = lines;
    }

    /** What a browser asks for them. */
    public static String request(int port) {
        return "GET /console/events HTTP/1.1\r\nHost: localhost:" + port + "\r\nAccept: text/event-stream\r\n\r\n";
    }

    /** On operators' port. */
    public static EventStream open(int port) throws IOException {
        RawUser connection = RawUser.connect(port).send(request(port));
        RawUser.AnswerHead head = connection.readHead();
        if (head.status() != 200
                || !head.values("Content-Type").get(0).startsWith("text/event-stream")
                || !head.values("Cache-Control").contains("no-store")) {
            throw new AssertionError(head.toString());
        }
        return new EventStream(
                connection,
                new BufferedReader(new InputStreamReader(connection.body(head, "GET"), StandardCharsets.UTF_8)));
    }

    /** The data of the next event of that name. */
    public String await(String name) throws IOException {
        String event = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event: ")) {
                event = line.substring("event: ".length());
            } else if (line.startsWith("data: ") && event.equals(name)) {
                return line.substring("data: ".length());
            }
        }
        throw new AssertionError("the stream ended before another " + name);
    }

    /** Reads to the end of the stream, however it comes. */
    public void awaitEnd() {
        try {
            while (lines.readLine() != null) {
                // Nobody wants it any more.
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("it does not end", e);
        } catch (IOException e) {
            // Cut off: an end as well.
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
