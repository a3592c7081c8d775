package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadReaderTest {
    private static final String REQUEST = """
            POST /a/b%20c?d=e&&f HTTP/1.1\r
            Host: example.com\r
            X-Empty:\r
            X-Twice: one\r
            x-twice:\t two \t\r
            Content-Length: 4\r
            \r
            """;

    private static Head read(String text) throws ProtocolException {
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        assertTrue(reader.read(Bytes.buffer(text)), "head is not complete");
        return reader.head();
    }

    private static void assertIsRequest(Head head) throws ProtocolException {
        assertEquals("POST", head.method());
        assertEquals("/a/b%20c?d=e&&f", head.target());
        assertEquals(5, head.fieldCount());
        assertEquals("Host", head.name(0));
        assertEquals("example.com", head.value(0));
        assertEquals("X-Empty", head.name(1));
        assertEquals("", head.value(1));
        assertEquals("X-Twice", head.name(2));
        assertEquals("one", head.value(2));
        assertEquals("x-twice", head.name(3));
        assertEquals("two", head.value(3));
        assertEquals(4, head.contentLength());
    }

    @Test
    void aHeadIsReadAndWhatFollowsIsLeft() throws ProtocolException {
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        ByteBuffer in = Bytes.buffer(REQUEST + "body");
        assertTrue(reader.read(in));
        assertIsRequest(reader.head());
        assertEquals(Bytes.buffer("body"), in);
    }

    @Test
    void aHeadMayBeSplitAtAnyByte() throws ProtocolException {
        byte[] bytes = Bytes.of(REQUEST);
        for (int at = 0; at <= bytes.length; at++) {
            HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
            ByteBuffer first = ByteBuffer.wrap(bytes, 0, at);
            ByteBuffer second = ByteBuffer.wrap(bytes, at, bytes.length - at);
            assertEquals(at == bytes.length, reader.read(first), "complete after " + at + " bytes");
            assertEquals(at > 0, reader.hasBegun());
            assertTrue(reader.read(second));
            assertIsRequest(reader.head());
        }
    }

    @Test
    void aHeadMayComeByteByByte() throws ProtocolException {
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        for (ByteBuffer piece : Bytes.split(Bytes.of(REQUEST), List.of(1))) {
            reader.read(piece);
        }
        assertIsRequest(reader.head());
    }

    @Test
    void bareLineFeedsEndLines() throws ProtocolException {
        assertIsRequest(read(REQUEST.replace("\r\n", "\n")));
    }

    @Test
    void emptyLinesBeforeTheStartLineAreIgnored() throws ProtocolException {
        assertIsRequest(read("\r\n\n\r\n" + REQUEST));
        HeadReader reader = new HeadReader(100);
        assertFalse(reader.read(Bytes.buffer("\r\n")));
        assertFalse(reader.hasBegun(), "an empty line is no beginning of a head");
    }

    @Test
    void aReaderReadsManyHeads() throws ProtocolException {
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        reader.read(Bytes.buffer("HTTP/1.1 200 OK\r\nA: 1\r\n\r\n"));
        assertEquals(200, reader.head().status());
        reader.reset();
        assertFalse(reader.hasBegun());
        assertThrows(IllegalStateException.class, reader::head);
        reader.read(Bytes.buffer(REQUEST));
        assertIsRequest(reader.head());
    }

    @Test
    void aHeadOfExactlyTheLimitIsReadAndOneByteMoreIsNot() throws ProtocolException {
        byte[] bytes = Bytes.of(REQUEST);
        assertTrue(new HeadReader(bytes.length).read(ByteBuffer.wrap(bytes)));
        HeadReader tight = new HeadReader(bytes.length - 1);
        assertThrows(HeadTooLargeException.class, () -> tight.read(ByteBuffer.wrap(bytes)));
    }

    @Test
    void theLimitHoldsBeyondTheFirstBuffer() throws ProtocolException {
        String head = "GET / HTTP/1.1\r\nX: " + "x".repeat(5_000) + "\r\n\r\n";
        assertEquals(5_000, read(head).value(0).length());
        HeadReader tight = new HeadReader(4_000);
        String message = assertThrows(HeadTooLargeException.class, () -> tight.read(Bytes.buffer(head)))
                .getMessage();
        assertEquals("head is larger than 4000 bytes", message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n folded: 1\r\n\r\n",
                "GET / HTTP/1.1\r\nA: 1\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nA: 1\r\n\tfolded\r\n\r\n",
                "GET / HTTP/1.1\r\nA : 1\r\n\r\n",
                "GET / HTTP/1.1\r\nA\t: 1\r\n\r\n",
                "GET / HTTP/1.1\r\n: 1\r\n\r\n",
                "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                "GET / HTTP/1.1\r\nnocolon\r\n\r\n",
                "GET / HTTP/1.1\r\nA(b): 1\r\n\r\n",
                "GET / HTTP/1.1\r\n\u00c4: 1\r\n\r\n",
                "GET / HTTP/1.1\r\nA\u0000: 1\r\n\r\n",
                "GET / HTTP/1.1\r\nA: 1\u0000\r\n\r\n",
                "GET / HTTP/1.1\r\nA: 1\rB: 2\r\n\r\n",
                "GET / HTTP/1.1\r\nA: 1\r\r\n\r\n",
                "GET / HTTP/1.1\r\nA: 1\r\n\r\r\n\r\n",
                "GET / \rHTTP/1.1\r\n\r\n",
                "GET /\u0000 HTTP/1.1\r\n\r\n"
            })
    void whatCouldBeReadInTwoWaysIsRefused(String head) {
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        String message = assertThrows(ProtocolException.class, () -> reader.read(Bytes.buffer(head)))
                .getMessage();
        assertTrue(message.startsWith("malformed "), message);
        assertThrows(IllegalStateException.class, reader::head, "a refused head must not be shown");
    }

    @Test
    void valuesAreBytes() throws ProtocolException {
        StringBuilder all = new StringBuilder();
        for (char c = 0x80; c <= 0xFF; c++) {
            all.append(c);
        }
        Head head = read("GET /\u00e4 HTTP/1.1\r\nX-Bytes: " + all + "\r\n\r\n");
        assertEquals(all.toString(), head.value(0));
        assertEquals("/\u00e4", head.target());
    }

    @Test
    void fieldsAreFoundInAnyCase() throws ProtocolException {
        Head head = read(REQUEST);
        assertEquals("one", head.first("X-TWICE"));
        assertEquals("example.com", head.first("host"));
        assertNull(head.first("Hos"));
        assertNull(head.first("Hosts"));
        assertTrue(head.nameIs(3, "X-Twice"));
        // '@' and '`' differ from each other by the bit that makes a letter small.
        assertFalse(read("GET / HTTP/1.1\r\nX-`: 1\r\n\r\n").nameIs(0, "X-@"));
    }

    @Test
    void manyFieldsAreKeptInOrder() throws ProtocolException {
        StringBuilder text = new StringBuilder("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 250; i++) {
            text.append("Set-Cookie: n").append(i).append("\r\n");
        }
        Head head = read(text + "\r\n");
        assertEquals(250, head.fieldCount());
        for (int i = 0; i < 250; i++) {
            assertEquals("n" + i, head.value(i));
        }
    }

    @Test
    void refusesTooManyFields() throws ProtocolException {
        String most = "GET / HTTP/1.1\r\n" + "n: v\r\n".repeat(HeadReader.MOST_FIELDS);
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        assertTrue(reader.read(ByteBuffer.wrap((most + "\r\n").getBytes(StandardCharsets.US_ASCII))));
        reader.reset();
        ByteBuffer oneMore = ByteBuffer.wrap((most + "n: v\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        assertThrows(HeadTooLargeException.class, () -> reader.read(oneMore));
    }
}
