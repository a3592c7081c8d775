package io.lambdadispatch.client.channel;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.HeadWriter;
import io.lambdadispatch.protocol.ProtocolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** Writes the heads of responses into channels. One for all channels; confined to the reactor thread. */
final class ChannelResponseHead {
    private static final int OWN_FIELDS_BYTES = 1024;
    private static final String VARY = "Vary";
    private static final String ETAG = "ETag";
    private static final String ACCEPT_ENCODING = "Accept-Encoding";

    /** What becomes of a response's body on its way. */
    enum Coding {
        UNTOUCHED,
        /** It stays as it is for this user; another one would get it gzipped, which a cache must know. */
        COULD_BE_GZIPPED,
        GZIPPED,
        /** A {@code 304} about a response that the user has got gzipped, and knows by the tag that was told then. */
        KNOWN_GZIPPED
    }

    /** What is said of the bytes as the app has made them, and is not true of other bytes. Ranges too: of which bytes? */
    private static final Set<String> OF_THESE_BYTES =
            Set.of("accept-ranges", "content-md5", "content-digest", "digest", "repr-digest");

    private final HeadWriter writer;
    private final String lambdaId;

    ChannelResponseHead(int maxHeadBytes, String lambdaId) {
        this.writer = new HeadWriter(maxHeadBytes + OWN_FIELDS_BYTES);
        this.lambdaId = lambdaId;
    }

    /**
     * The app's head, without what was meant for this hop only.
     *
     * @param framed whether the body follows in chunks
     */
    void write(Head head, int status, Coding coding, boolean framed, String channelId, ChannelOutput out)
            throws IOException {
        boolean gzipped = coding == Coding.GZIPPED;
        boolean weakens = gzipped || coding == Coding.KNOWN_GZIPPED;
        writer.reset();
        writer.statusLine(status, head.reason());
        boolean varies = false;
        String connection = head.connection();
        for (int i = 0; i < head.fieldCount(); i++) {
            String name = head.name(i);
            if (!FieldNames.crosses(name, connection)
                    || isDropped(name, gzipped)
                    || (framed && name.equalsIgnoreCase(FieldNames.CONTENT_LENGTH))) {
                continue;
            }
            varies |= name.equalsIgnoreCase(VARY) && coversEncoding(head.value(i));
            // A strong tag promises the same bytes, which compression breaks: RFC 9110 §8.8.1.
            if (weakens && name.equalsIgnoreCase(ETAG) && head.value(i).startsWith("\"")) {
                writer.field(name, "W/" + head.value(i));
            } else {
                writer.field(head, i);
            }
        }
        if (gzipped) {
            writer.field("Content-Encoding", "gzip");
        }
        if (coding != Coding.UNTOUCHED && !varies) {
            writer.field(VARY, ACCEPT_ENCODING);
        }
        if (framed) {
            writer.field(FieldNames.TRANSFER_ENCODING, FieldNames.CHUNKED);
        }
        finish(channelId, out);
    }

    private static boolean isDropped(String name, boolean gzipped) {
        return (gzipped && isOfTheAppsBytes(name))
                || name.equalsIgnoreCase(FieldNames.LAMBDA_ID)
                || name.equalsIgnoreCase(FieldNames.CHANNEL_ID);
    }

    private static boolean isOfTheAppsBytes(String name) {
        return name.equalsIgnoreCase(FieldNames.CONTENT_LENGTH)
                || OF_THESE_BYTES.contains(name.toLowerCase(Locale.ROOT));
    }

    private static boolean coversEncoding(String vary) {
        return vary.trim().equals("*") || FieldNames.isNamedBy(vary, ACCEPT_ENCODING);
    }

    /**
     * A response of our own, with a line of text that says what is wrong.
     *
     * @param withBody whether the text follows: not behind the response to HEAD
     */
    void writeOwn(int status, String reason, String text, boolean withBody, String channelId, ChannelOutput out)
            throws IOException {
        byte[] body = (text + '\n').getBytes(StandardCharsets.UTF_8);
        writer.reset();
        writer.statusLine(status, reason);
        writer.field("Content-Type", "text/plain;charset=utf-8");
        writer.field(FieldNames.CONTENT_LENGTH, Integer.toString(body.length));
        finish(channelId, out);
        if (withBody) {
            out.write(body, 0, body.length);
        }
    }

    private void finish(String channelId, ChannelOutput out) throws ProtocolException, IOException {
        writer.field(FieldNames.LAMBDA_ID, lambdaId);
        writer.field(FieldNames.CHANNEL_ID, channelId);
        writer.end();
        out.write(writer.array(), 0, writer.length());
    }
}
