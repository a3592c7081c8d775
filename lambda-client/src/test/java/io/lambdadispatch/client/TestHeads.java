package io.lambdadispatch.client;

import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.HeadReader;
import io.lambdadispatch.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Heads from their lines. */
public final class TestHeads {
    private TestHeads() {}

    public static Head head(String... lines) throws ProtocolException {
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        String text = String.join("\r\n", lines) + "\r\n\r\n";
        reader.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        return reader.head();
    }
}
