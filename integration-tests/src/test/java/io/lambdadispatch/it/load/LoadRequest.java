package io.lambdadispatch.it.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request as it is put on the wire, and what its answer has to be. Sent once.
 *
 * @param route for the outcome
 * @param isSafe whether it may be sent to the app twice
 * @param pieces head and body; each is sent {@code pauseNanos} after the one before
 * @param pauseNanos 0: all at once
 * @param content of an answer of status 200
 */
record LoadRequest(String route, boolean isSafe, List<ByteBuffer> pieces, long pauseNanos, Content content) {

    /** How the end of a body is told. */
    enum Framing {
        COUNTED,
        CHUNKED
    }

    static LoadRequest get(String target, Content content) {
        return new LoadRequest(
                route(target), true, List.of(bytes("GET " + target + " HTTP/1.1\r\nHost: load\r\n\r\n")), 0, content);
    }

    /** A body that comes back. */
    static LoadRequest echo(String target, ByteBuffer body, Framing framing, int parts, long pauseNanos) {
        List<ByteBuffer> pieces = new ArrayList<>();
        String field =
                framing == Framing.CHUNKED ? "Transfer-Encoding: chunked" : "Content-Length: " + body.remaining();
        ByteBuffer head = bytes("POST " + target + " HTTP/1.1\r\nHost: load\r\n"
                + "Content-Type: application/octet-stream\r\n" + field + "\r\n\r\n");
        int partSize = (body.remaining() + parts - 1) / parts;
        for (int from = 0; from < body.remaining(); from += partSize) {
            ByteBuffer part = body.slice(body.position() + from, Math.min(partSize, body.remaining() - from));
            pieces.add(framing == Framing.CHUNKED ? chunk(part) : part);
        }
        if (framing == Framing.CHUNKED) {
            pieces.add(bytes("0\r\n\r\n"));
        }
        // The first part goes with the head, in one packet.
        pieces.set(0, joined(head, pieces.get(0)));
        return new LoadRequest(route(target), false, pieces, pauseNanos, Content.of(body));
    }

    private static ByteBuffer chunk(ByteBuffer part) {
        return joined(bytes(Integer.toHexString(part.remaining()) + "\r\n"), part, bytes("\r\n"));
    }

    private static ByteBuffer joined(ByteBuffer... parts) {
        int size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        ByteBuffer joined = ByteBuffer.allocate(size);
        for (ByteBuffer part : parts) {
            joined.put(part.duplicate());
        }
        return joined.flip();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String route(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
