package io.lambdadispatch.router.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A response of the router itself. It takes the exchange over, and ends it. */
public final class RouterResponse implements HttpEnd.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(RouterResponse.class);
    private static final String PLAIN_TEXT = "text/plain;charset=utf-8";
    private static final int FIRST_WITH_BODY = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final HttpEnd end;

    private RouterResponse(HttpEnd end) {
        this.end = end;
    }

    /** A line of text. */
    public static int sendText(HttpEnd end, int status, String text) {
        return send(end, status, PLAIN_TEXT, (text + '\n').getBytes(StandardCharsets.UTF_8));
    }

    /** Text of that type. */
    public static int send(HttpEnd end, int status, String contentType, String text) {
        return send(end, status, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Bytes of that type, but none to {@code HEAD}.
     *
     * @return bytes of the body that are sent
     */
    public static int send(HttpEnd end, int status, String contentType, byte[] body) {
        end.status(status);
        end.field("Content-Type", contentType);
        end.contentLength(body.length);
        boolean isHead = "HEAD".equals(end.head().method());
        return write(end, isHead ? new byte[0] : body);
    }

    /** Status and fields only. */
    public static void send(HttpEnd end, int status) {
        end.status(status);
        if (status >= FIRST_WITH_BODY && status != NO_CONTENT && status != NOT_MODIFIED) {
            end.contentLength(0);
        }
        int unused = write(end, new byte[0]);
    }

    private static int write(HttpEnd end, byte[] body) {
        end.listener(new RouterResponse(end));
        end.write(true, ByteBuffer.wrap(body));
        return body.length;
    }

    @Override
    public void onReadable() {}

    @Override
    public void onWritten(Throwable failure) {
        if (failure == null) {
            end.complete();
        } else {
            LOG.debug("a peer left before the response", failure);
            end.abort(failure);
        }
    }

    @Override
    public void onGone(Throwable why) {
        end.abort(why);
    }
}
