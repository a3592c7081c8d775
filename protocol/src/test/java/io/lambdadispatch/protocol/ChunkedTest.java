package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedTest {
    private static byte[] decode(ChunkedDecoder decoder, List<ByteBuffer> pieces) throws ProtocolException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (ByteBuffer piece : pieces) {
            for (ByteBuffer data = decoder.next(piece); data.hasRemaining(); data = decoder.next(piece)) {
                byte[] bytes = new byte[data.remaining()];
                data.get(bytes);
                body.writeBytes(bytes);
            }
        }
        return body.toByteArray();
    }

    private static String decode(String text) throws ProtocolException {
        ChunkedDecoder decoder = new ChunkedDecoder();
        String body = new String(decode(decoder, List.of(Bytes.buffer(text))), StandardCharsets.ISO_8859_1);
        assertTrue(decoder.isDone(), "body is not done");
        return body;
    }

    private static byte[] encode(byte[] body, List<Integer> sizes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (ByteBuffer piece : Bytes.split(body, sizes)) {
            int size = piece.remaining();
            byte[] buffer = new byte[ChunkedEncoder.PREFIX + size + ChunkedEncoder.SUFFIX];
            piece.get(buffer, ChunkedEncoder.PREFIX, size);
            int from = ChunkedEncoder.frame(buffer, ChunkedEncoder.PREFIX, size);
            out.write(buffer, from, buffer.length - from);
        }
        out.writeBytes(ChunkedEncoder.last());
        return out.toByteArray();
    }

    @Property
    void whatIsEncodedIsDecodedWhereverItIsSplit(
            @ForAll @Size(max = 400) byte[] body,
            @ForAll @NotEmpty @Size(max = 4) List<@IntRange(min = 1, max = 99) Integer> chunks,
            @ForAll @NotEmpty @Size(max = 4) List<@IntRange(min = 1, max = 50) Integer> pieces)
            throws ProtocolException {
        ChunkedDecoder decoder = new ChunkedDecoder();
        assertArrayEquals(body, decode(decoder, Bytes.split(encode(body, chunks), pieces)));
        assertTrue(decoder.isDone());
    }

    @Property
    void arbitraryBytesAreDecodedOrRefused(@ForAll @Size(max = 100) byte[] bytes) {
        try {
            decode(new ChunkedDecoder(), List.of(ByteBuffer.wrap(bytes)));
        } catch (ProtocolException e) {
            assertFalse(e.getMessage().isEmpty());
        }
    }

    @Test
    void aChunkOfAnySizeHasRoomForItsFrame() {
        for (int size : new int[] {1, 9, 10, 15, 16, 255, 256, 65_535, 1 << 20}) {
            byte[] buffer = new byte[ChunkedEncoder.PREFIX + size + ChunkedEncoder.SUFFIX];
            int from = ChunkedEncoder.frame(buffer, ChunkedEncoder.PREFIX, size);
            String prefix = new String(buffer, from, ChunkedEncoder.PREFIX - from, StandardCharsets.US_ASCII);
            assertEquals(Integer.toHexString(size) + "\r\n", prefix);
        }
    }

    @Test
    void anEmptyChunkWouldEndTheBodyAndIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ChunkedEncoder.frame(new byte[20], 10, 0));
    }

    @Test
    void theLastChunkCannotBeSpoiled() {
        ChunkedEncoder.last()[0] = 'x';
        assertArrayEquals(Bytes.of("0\r\n\r\n"), ChunkedEncoder.last());
    }

    @Test
    void extensionsTrailersAndBareLineFeedsAreSkipped() throws ProtocolException {
        assertEquals(
                "Hello, world",
                decode("5;a=b;c=\"d\"\r\nHello\r\n7 ; x\r\n, world\r\n0;end\r\nA: 1\r\nB: \"2\"\r\n\r\n"));
        assertEquals("abc", decode("3\nabc\n0\n\n"));
        assertEquals("", decode("000\r\n\r\n"));
        assertEquals("0123456789abcdef", decode("0010\r\n0123456789abcdef\r\n0\r\n\r\n"));
        assertEquals("0123456789", decode("A\r\n0123456789\r\n0\r\n\r\n"));
    }

    @Test
    void dataIsAViewOfTheCallersBuffer() throws ProtocolException {
        ByteBuffer in = Bytes.buffer("3\r\nabc\r\n");
        ByteBuffer data = new ChunkedDecoder().next(in);
        in.put(3, (byte) 'X');
        assertEquals('X', data.get(0));
        assertEquals(3, data.remaining());
    }

    @Test
    void whatFollowsTheBodyIsLeft() throws ProtocolException {
        ByteBuffer in = Bytes.buffer("0\r\n\r\nnext");
        ChunkedDecoder decoder = new ChunkedDecoder();
        assertFalse(decoder.next(in).hasRemaining());
        assertTrue(decoder.isDone());
        assertFalse(decoder.next(in).hasRemaining());
        assertEquals(Bytes.buffer("next"), in);
    }

    @Test
    void aBodyCutAnywhereIsNotDone() throws ProtocolException {
        byte[] whole = Bytes.of("3;x=y\r\nabc\r\n0\r\nA: 1\r\n\r\n");
        for (int length = 0; length < whole.length; length++) {
            ChunkedDecoder decoder = new ChunkedDecoder();
            decode(decoder, List.of(ByteBuffer.wrap(whole, 0, length)));
            assertFalse(decoder.isDone(), "done after " + length + " bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                ";a\r\n",
                "g\r\n",
                "-1\r\n",
                "+1\r\n",
                "0x3\r\nabc",
                "3abcg\r\n",
                "3\u00a0\r\nabc",
                "\u0663\r\nabc",
                "3\r\nabcd\r\n",
                "3\r\nabc0\r\n",
                "1000000000000000\r\n",
                "0000000000000003\r\nabc",
                "3\rx\nabc\r\n",
                "3;a\rb\r\nabc\r\n",
                "3\r\nabc\r\r\n",
                "3\r\nabc\rd",
                "0\r\nA: 1\rB: 2\r\n\r\n",
                "0\r\n\r\r\n"
            })
    void brokenFramingIsRefused(String text) {
        assertThrows(ProtocolException.class, () -> decode(text));
    }

    @Test
    void aLineWithoutAnEndIsRefusedBeforeItFillsTheMemory() {
        String message = assertThrows(ProtocolException.class, () -> decode("3;" + "x".repeat(5_000)))
                .getMessage();
        assertEquals("chunk extension or trailer longer than 4096 bytes", message);
        assertThrows(ProtocolException.class, () -> decode("0\r\n" + "x".repeat(5_000)));
    }

    @Test
    void tellsTheEndRightBehindTheLastData() throws ProtocolException {
        ByteBuffer in = ByteBuffer.wrap("3\r\nabc\r\n0\r\n\r\nnext".getBytes(StandardCharsets.US_ASCII));
        ChunkedDecoder decoder = new ChunkedDecoder();
        assertEquals(3, decoder.next(in).remaining());
        assertFalse(decoder.isDone());
        decoder.skipFraming(in);
        assertTrue(decoder.isDone());
        assertEquals("next", StandardCharsets.US_ASCII.decode(in).toString());
    }
}
