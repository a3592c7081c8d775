package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadWriterTest {
    private final HeadWriter writer = new HeadWriter(HeadReader.DEFAULT_MAX_BYTES);

    private String written() {
        return new String(writer.array(), 0, writer.length(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aRequestIsWrittenLineByLine() throws ProtocolException {
        writer.requestLine("PUT", "/a%20b", "c=d")
                .field("Host", "h")
                .field("X", "")
                .end();
        assertEquals("PUT /a%20b?c=d HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n", written());
        assertEquals(Bytes.buffer(written()), writer.toBuffer());
    }

    @Test
    void anEmptyQueryKeepsItsQuestionMark() throws ProtocolException {
        writer.requestLine("GET", "/", "");
        assertEquals("GET /? HTTP/1.1\r\n", written());
    }

    @Test
    void aTargetBeyondAsciiIsWrittenAsUtf8() throws ProtocolException {
        writer.requestLine("GET", "/\u00e4\u20ac\ud83d\ude00", null);
        assertEquals(
                "GET /\u00e4\u20ac\ud83d\ude00 HTTP/1.1\r\n",
                new String(writer.array(), 0, writer.length(), StandardCharsets.UTF_8));
    }

    @Test
    void aStatusLineDropsFromItsReasonWhatCannotStandThere() throws ProtocolException {
        writer.statusLine(519, "Od\r\nd: \u0000\u007f\u20ac\u00e4");
        assertEquals("HTTP/1.1 519 Odd: \u00e4\r\n", written());
        writer.reset();
        writer.statusLine(204, null);
        assertEquals("HTTP/1.1 204 \r\n", written());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 99, 1000})
    void aStatusHasThreeDigits(int status) {
        assertThrows(ProtocolException.class, () -> writer.statusLine(status, "x"));
    }

    @Test
    void aListIsAppendedTo() throws ProtocolException {
        writer.field("X-Forwarded-For", null, "10.0.0.1").field("X-Forwarded-For", "10.0.0.1, 10.0.0.2", "10.0.0.3");
        assertEquals("X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2, 10.0.0.3\r\n", written());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nB: 1", "a\nB: 1", "a\rb", "a\u0000b", "\n", "a\r"})
    void aValueCannotEndItsLine(String value) {
        assertThrows(ProtocolException.class, () -> writer.field("A", value));
        assertThrows(ProtocolException.class, () -> writer.field("A", value, "b"));
        assertThrows(ProtocolException.class, () -> writer.field("A", "b", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A B", "A:", "A\r\n", "A\u0000", "\u00c4", "\u0141", "(A)"})
    void aNameIsAToken(String name) {
        assertThrows(ProtocolException.class, () -> writer.field(name, "1"));
        assertThrows(ProtocolException.class, () -> writer.requestLine(name, "/", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/ HTTP/1.1\r\nA: 1", "/a b", "/\t", "/\u0000", "/\u007f", "/\n"})
    void aTargetCannotEndItsLine(String path) {
        assertThrows(ProtocolException.class, () -> writer.requestLine("GET", path, null));
    }

    @Test
    void aQueryCannotEndItsLineEither() {
        assertThrows(ProtocolException.class, () -> writer.requestLine("GET", "/", "a=1 HTTP/1.1\r\nA: 1"));
    }

    @Test
    void aCharacterBeyondBytesBecomesAQuestionMark() throws ProtocolException {
        // U+010A ends in 0x0A: cutting it to a byte would write a line feed.
        writer.field("A", "\u010a\u010d\u0100\u20ac\u00ff");
        assertEquals("A: ????\u00ff\r\n", written());
    }

    @Test
    void aHeadOfExactlyTheLimitIsWrittenAndOneByteMoreIsNot() throws ProtocolException {
        int size = "GET / HTTP/1.1\r\nA: 1\r\n\r\n".length();
        HeadWriter exact = new HeadWriter(size);
        exact.requestLine("GET", "/", null).field("A", "1").end();
        assertEquals(size, exact.length());
        HeadWriter tight = new HeadWriter(size - 1);
        tight.requestLine("GET", "/", null).field("A", "1");
        assertThrows(HeadTooLargeException.class, tight::end);
    }

    @Test
    void theLimitHoldsBeyondTheFirstBuffer() throws ProtocolException {
        HeadWriter large = new HeadWriter(5_000);
        large.field("A", "x".repeat(4_000));
        assertEquals(4_005, large.length());
        assertThrows(HeadTooLargeException.class, () -> large.field("B", "x".repeat(1_000)));
    }

    @Test
    void aHeadCanBeTakenBackToAnEarlierLength() throws ProtocolException {
        writer.requestLine("GET", "/", null);
        int length = writer.length();
        writer.field("A", "1").truncate(length).field("B", "2");
        assertEquals("GET / HTTP/1.1\r\nB: 2\r\n", written());
    }

    @Test
    void hasBoundedFields() throws ProtocolException {
        HeadWriter writer = new HeadWriter(HeadReader.DEFAULT_MAX_BYTES);
        for (int i = 0; i < HeadReader.MOST_FIELDS; i++) {
            writer.field("n" + i, "v");
        }
        assertThrows(HeadTooLargeException.class, () -> writer.field("one-more", "v"));
        writer.reset();
        writer.field("again", "v");
    }

    @Test
    void copiesWhatWasReadByteForByte() throws ProtocolException {
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        String text = "GET /a?b=\u00e9 HTTP/1.1\r\nx-Odd-CASE:  v \u00fc \r\nEmpty:\r\n\r\n";
        assertTrue(reader.read(java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        HeadWriter writer = new HeadWriter(HeadReader.DEFAULT_MAX_BYTES);
        writer.requestLine(reader.head())
                .field(reader.head(), 0)
                .field(reader.head(), 1)
                .end();
        assertEquals(
                "GET /a?b=\u00e9 HTTP/1.1\r\nx-Odd-CASE: v \u00fc\r\nEmpty: \r\n\r\n",
                new String(writer.array(), 0, writer.length(), StandardCharsets.ISO_8859_1));
    }
}
