package io.lambdadispatch.client.app;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The head that the app gets for a request that came through a channel: the request line byte for byte, the fields in their
 * order without those that are for one hop only, and where the request came from. Immutable.
 */
public final class AppRequestHead {
    private static final int OWN_FIELDS_BYTES = 1024;
    private static final String EXPECT = "Expect";

    /** RFC 9110 §9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private final byte[] requestLine;
    private final HeadWriter fields;
    private final String method;
    private final boolean chunked;
    private final boolean body;

    private AppRequestHead(byte[] requestLine, HeadWriter fields, String method, boolean chunked, boolean body) {
        this.requestLine = requestLine;
        this.fields = fields;
        this.method = method;
        this.chunked = chunked;
        this.body = body;
    }

    /**
     * @param length bytes of the body; 0 when there is none, -1 when unknown, which the app gets as chunks
     * @throws ProtocolException when the head in the channel is no request's
     */
    public static AppRequestHead of(Head head, long length, Origin origin, String channelId, int maxHeadBytes)
            throws ProtocolException {
        String method = head.method();
        byte[] line = (method + ' ' + head.target() + " HTTP/1.1\r\n").getBytes(StandardCharsets.ISO_8859_1);
        HeadWriter fields = new HeadWriter(maxHeadBytes + OWN_FIELDS_BYTES);
        copyFields(head, fields);
        fields.field(FieldNames.POOL_ID, origin.poolId());
        fields.field(FieldNames.LAMBDA_ID, origin.lambdaId());
        fields.field(FieldNames.CHANNEL_ID, channelId);
        if (length < 0) {
            fields.field(FieldNames.TRANSFER_ENCODING, FieldNames.CHUNKED);
        }
        fields.end();
        return new AppRequestHead(line, fields, method, length < 0, length != 0);
    }

    private static void copyFields(Head head, HeadWriter fields) throws ProtocolException {
        String connection = head.connection();
        for (int i = 0; i < head.fieldCount(); i++) {
            String name = head.name(i);
            if (FieldNames.crosses(name, connection) && !isDropped(name)) {
                fields.field(name, head.value(i));
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
        return ByteBuffer.allocate(requestLine.length + fields.length())
                .put(requestLine)
                .put(fields.array(), 0, fields.length())
                .flip();
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
