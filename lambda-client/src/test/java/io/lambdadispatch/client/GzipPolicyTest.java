package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GzipPolicyTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip|true",
                "GZIP|true",
                "x-gzip|true",
                "br, gzip;q=0.1|true",
                "gzip;q=0|false",
                "gzip; q=0.0, *|false",
                "*|true",
                "*;q=0|false",
                "identity;q=0, *;q=0.5|true",
                "br|false",
                "gzip;q=nonsense|false",
                "''|false",
            })
    void acceptEncodingDecides(String value, boolean accepted) throws ProtocolException {
        assertEquals(accepted, GzipPolicy.isAccepted(TestHeads.head("GET / HTTP/1.1", "accept-encoding: " + value)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|Content-Type: text/html; charset=utf-8|1025|true",
                "200|Content-Type: Application/JSON|1025|true",
                "200|Content-Type: image/svg+xml|-1|true",
                "200|Content-Type: text/html|1024|false",
                "200|Content-Type: text/event-stream|-1|false",
                "200|Content-Type: text/event-stream;charset=utf-8|5000|false",
                "200|Content-Type: image/png|5000|false",
                "206|Content-Type: text/html|5000|false",
                "200|X: y|5000|false",
            })
    void typeAndLengthDecide(int status, String field, long length, boolean suits) throws ProtocolException {
        assertEquals(suits, GzipPolicy.suits(status, TestHeads.head("HTTP/1.1 200 OK", field), length));
    }

    @Test
    void whatTheAppForbidsOrHasEncodedIsLeftAlone() throws ProtocolException {
        String type = "Content-Type: text/plain";
        assertTrue(GzipPolicy.suits(200, TestHeads.head("HTTP/1.1 200 OK", type), 5000));
        assertFalse(GzipPolicy.suits(200, TestHeads.head("HTTP/1.1 200 OK", type, "Content-Encoding: br"), 5000));
        assertFalse(
                GzipPolicy.suits(200, TestHeads.head("HTTP/1.1 200 OK", type, "Cache-Control: no-transform"), 5000));
    }
}
