package io.lambdadispatch.client.app;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * The head that the app gets for a request that came through a channel: the request line byte for byte, the fields in their
 * order without those that are for one hop only, and where the request came from. Valid until its writer is used for the next one.
 */
public final class AppRequestHead {
    private static final int OWN_FIELDS_BYTES = 1024;
    private static final String EXPECT = "Expect";

    /** RFC 9110 §9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private final HeadWriter head;
    private final String method;
    private final boolean chunked;
    private final boolean body;

    private AppRequestHead(HeadWriter head, String method, boolean chunked, boolean body) {
        this.head = head;
        this.method = method;
        this.chunked = chunked;
        this.body = body;
    }

    /** What one is written into; it may serve one request after the other. */
    public static HeadWriter writer(int maxHeadBytes) {
        return new HeadWriter(maxHeadBytes + OWN_FIELDS_BYTES);
    }

    /**
     * Translates a head.
     *
     * @param length bytes of the body; 0 when there is none, -1 when unknown, which the app gets as chunks
     * @param writer belongs to this head from now on
     * @throws ProtocolException when the head in the channel is no request's
     */
    public static AppRequestHead of(Head head, long length, Origin origin, String channelId, HeadWriter writer)
            throws ProtocolException {
        writer.reset();
        writer.requestLine(head);
        copyFields(head, writer);
        writer.field(FieldNames.POOL_ID, origin.poolId());
        writer.field(FieldNames.LAMBDA_ID, origin.lambdaId());
        writer.field(FieldNames.CHANNEL_ID, channelId);
        if (length < 0) {
            writer.field(FieldNames.TRANSFER_ENCODING, FieldNames.CHUNKED);
        }
        writer.end();
        return new AppRequestHead(writer, head.method(), length < 0, length != 0);
    }

    private static void copyFields(Head head, HeadWriter writer) throws ProtocolException {
        String connection = head.connection();
        for (int i = 0; i < head.fieldCount(); i++) {
            String name = head.name(i);
            if (FieldNames.crosses(name, connection) && !isDropped(name)) {
                writer.field(head, i);
            }
        }
    }

    /** {@code Expect}: the body is on its way already, so the app has nothing to ask for. */
    private static boolean isDropped(String name) {
        return name.equalsIgnoreCase(EXPECT)
                || name.equalsIgnoreCase(FieldNames.POOL_ID)
                || name.equalsIgnoreCase(FieldNames.LAMBDA_ID)
                || name.equalsIgnoreCase(FieldNames.CHANNEL_ID);
    }

    /** All of it, ready to be sent; a new view at each call. */
    ByteBuffer bytes() {
        return head.toBuffer();
    }

    /** Whether it may be sent again when nobody knows whether the app has seen it. */
    public boolean isIdempotent() {
        return IDEMPOTENT.contains(method);
    }

    public boolean isHeadMethod() {
        return method.equals("HEAD");
    }

    boolean isChunked() {
        return chunked;
    }

    boolean hasBody() {
        return body;
    }
}
