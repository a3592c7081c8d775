package io.lambdadispatch.demo;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Routes that send a body back while it is still coming, at the pace of the slower side. */
final class EchoRoutes {
    private static final int DEFAULT_PAUSE_MS = 10;
    private static final int PAUSE_EVERY_BYTES = 64 * 1024;

    private EchoRoutes() {}

    static void echo(Request request, Response response, Callback callback) {
        copyHead(request, response, LongUnaryOperator.identity());
        Content.copy(request, response, callback);
    }

    static void echoSlow(Request request, Response response, Callback callback) throws BadQueryException {
        Duration pause = Query.delay(request, DEFAULT_PAUSE_MS);
        copyHead(request, response, LongUnaryOperator.identity());
        new BodyPump(request, response, callback, List::of, PAUSE_EVERY_BYTES, pause).iterate();
    }

    static void doubleEcho(Request request, Response response, Callback callback) {
        copyHead(request, response, length -> 2 * length);
        pump(request, response, callback, piece -> List.of(piece.slice(), piece.slice()));
    }

    /** Of a body of known length the first half, rounded down; of others, every other 1,024 bytes from the first on. */
    static void halfEcho(Request request, Response response, Callback callback) {
        copyHead(request, response, length -> length / 2);
        long length = request.getLength();
        pump(request, response, callback, length >= 0 ? new FirstBytes(length / 2) : new EveryOtherBlock());
    }

    private static void pump(Request request, Response response, Callback callback, BodyPump.Portions portions) {
        new BodyPump(request, response, callback, portions, Integer.MAX_VALUE, Duration.ZERO).iterate();
    }

    private static void copyHead(Request request, Response response, LongUnaryOperator lengthOf) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type != null) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        }
        long length = request.getLength();
        if (length >= 0) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, lengthOf.applyAsLong(length));
        }
    }

    private static final class FirstBytes implements BodyPump.Portions {
        private long left;

        FirstBytes(long count) {
            left = count;
        }

        @Override
        public List<ByteBuffer> of(ByteBuffer piece) {
            int taken = (int) Math.min(left, piece.remaining());
            left -= taken;
            return List.of(piece.slice(piece.position(), taken));
        }
    }

    private static final class EveryOtherBlock implements BodyPump.Portions {
        private static final int BLOCK = 1024;
        private long offset;

        @Override
        public List<ByteBuffer> of(ByteBuffer piece) {
            List<ByteBuffer> portions = new java.util.ArrayList<>();
            int at = piece.position();
            while (at < piece.limit()) {
                int length = (int) Math.min(BLOCK - offset % BLOCK, piece.limit() - at);
                if (offset / BLOCK % 2 == 0) {
                    portions.add(piece.slice(at, length));
                }
                offset += length;
                at += length;
            }
            return portions;
        }
    }
}
