package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTest {
    private static Head head(String startLine, String... fields) throws ProtocolException {
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        String text = startLine + "\r\n" + String.join("", fields) + "\r\n";
        assertTrue(reader.read(Bytes.buffer(text)));
        return reader.head();
    }

    private static Head response(String... fields) throws ProtocolException {
        return head("HTTP/1.1 200 OK", fields);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK, 200",
        "HTTP/1.1 200, 200",
        "'HTTP/1.1 200 ', 200",
        "HTTP/1.0 404 Not Found, 404",
        "HTTP/2 519 Odd, 519",
        "HTTP/1.1 100 Continue, 100",
        "HTTP/1.1 999 ?, 999"
    })
    void statusIsThreeDigits(String line, int status) throws ProtocolException {
        assertEquals(status, head(line).status());
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK, OK, true",
        "HTTP/1.1 200, '', true",
        "'HTTP/1.1 200 ', '', true",
        "HTTP/1.0 404 Not Found, Not Found, false",
        "HTTP/2 519 Odd, Odd, false",
        "HTTP/1.12 200 OK, OK, false",
        "HTTP/1.1 500 \u00fc, \u00fc, true"
    })
    void aStatusLineSaysItsVersionAndWhy(String line, String reason, boolean isHttp11) throws ProtocolException {
        assertEquals(reason, head(line).reason());
        assertEquals(isHttp11, head(line).isHttp11());
    }

    @Test
    void aRequestLineHasNoReason() throws ProtocolException {
        Head head = head("GET / HTTP/1.1");
        assertThrows(ProtocolException.class, head::reason);
        assertFalse(head.isHttp11());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 20 OK",
                "HTTP/1.1 2000 OK",
                "HTTP/1.1 099 OK",
                "HTTP/1.1 2x0 OK",
                "HTTP/1.1  200 OK",
                "HTTP/1.1",
                "HTTP/1.1 ",
                "HTTP/",
                "http/1.1 200 OK",
                "GET / HTTP/1.1"
            })
    void aStatusLineIsNothingElse(String line) throws ProtocolException {
        Head head = head(line);
        assertThrows(ProtocolException.class, head::status);
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1, GET, /",
        // The reference router writes the version that the user spoke.
        "GET /fact?n=1 HTTP/2, GET, /fact?n=1",
        "OPTIONS * HTTP/1.0, OPTIONS, *",
        "M-SEARCH http://h/p HTTP/1.1, M-SEARCH, http://h/p",
        "GET /_lambda_dispatch/goaway HTTP/1.1, GET, /_lambda_dispatch/goaway"
    })
    void aRequestLineHasMethodTargetAndAnyVersion(String line, String method, String target) throws ProtocolException {
        Head head = head(line);
        assertEquals(method, head.method());
        assertEquals(target, head.target());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "GET /", " / HTTP/1.1", "GET  HTTP/1.1", "GET /a b HTTP/1.1", "GET / HTTP/1.1 x"})
    void aRequestLineIsNothingElse(String line) throws ProtocolException {
        Head head = head(line);
        assertThrows(ProtocolException.class, head::method);
        assertThrows(ProtocolException.class, head::target);
    }

    @Test
    void contentLengthIsMinusOneWhenThereIsNone() throws ProtocolException {
        assertEquals(-1, response("Content-Type: text/plain\r\n").contentLength());
    }

    @Test
    void contentLengthMayBeLongAndRepeatedButNotDiffer() throws ProtocolException {
        assertEquals(0, response("Content-Length: 0\r\n").contentLength());
        assertEquals(
                999_999_999_999_999_999L,
                response("content-length: 999999999999999999\r\n").contentLength());
        assertEquals(
                5, response("Content-Length: 5\r\n", "CONTENT-LENGTH: 05\r\n").contentLength());
        Head differing = response("Content-Length: 5\r\n", "Content-Length: 6\r\n");
        assertThrows(ProtocolException.class, differing::contentLength);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+5", "5, 5", "0x10", "5 5", "1e3", "1234567890123456789"})
    void contentLengthIsDigits(String value) throws ProtocolException {
        Head head = response("Content-Length: " + value + "\r\n");
        assertThrows(ProtocolException.class, head::contentLength);
    }

    @ParameterizedTest
    @CsvSource({
        "chunked, true",
        "Chunked, true",
        "'gzip, chunked', true",
        "'gzip,chunked', true",
        "'gzip ,\tchunked', true",
        "gzip, false",
        "'chunked, gzip', false",
        "notchunked, false",
        "x-chunked, false",
        "chunk, false",
        "'', false"
    })
    void chunkedCountsAsTheLastTransferCoding(String value, boolean isChunked) throws ProtocolException {
        assertEquals(isChunked, response("Transfer-Encoding: " + value + "\r\n").isChunked());
    }

    @Test
    void theLastOfSeveralTransferEncodingsCounts() throws ProtocolException {
        assertTrue(response("Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\n")
                .isChunked());
        assertEquals(false, response().isChunked());
    }

    @Test
    void wellKnownNamesAndMethodsCostNoString() throws ProtocolException {
        Head one = head("GET / HTTP/1.1", "Content-Type: a\r\n", "content-type: a\r\n", "CONTENT-Type: a\r\n");
        Head other = head("GET / HTTP/1.1", "Content-Type: b\r\n", "content-type: b\r\n", "CONTENT-Type: b\r\n");
        assertSame(one.name(0), other.name(0));
        assertSame(one.name(1), other.name(1));
        assertSame(one.method(), other.method());
        // An unusual spelling is kept as it was sent.
        assertEquals("CONTENT-Type", one.name(2));
    }
}
