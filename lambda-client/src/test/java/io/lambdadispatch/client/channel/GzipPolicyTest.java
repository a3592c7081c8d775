package io.lambdadispatch.client.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.client.TestHeads;
import io.lambdadispatch.protocol.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GzipPolicyTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip|YES",
                "GZIP|YES",
                "x-gzip|YES",
                "br, gzip;q=0.1|YES",
                "gzip;q=0|NO",
                "gzip; q=0.0, *|NO",
                "*|YES",
                "*;q=0|NO",
                "gzip;q=0.5, identity|NO",
                "gzip;q=0.5, identity;q=0.5|YES",
                "*;q=0.5, identity;q=0.9|NO",
                "identity;q=0, *;q=0.5|INSISTS",
                "gzip, *;q=0|INSISTS",
                "gzip, identity;q=0.1, *;q=0|YES",
                "identity;q=0, gzip;q=0|NO",
                "identity;q=0|NO",
                "br|NO",
                "gzip;q=nonsense|NO",
                "''|NO",
            })
    void acceptEncodingDecides(String value, GzipPolicy.Acceptance acceptance) throws ProtocolException {
        assertEquals(acceptance, GzipPolicy.acceptance(TestHeads.head("GET / HTTP/1.1", "accept-encoding: " + value)));
    }

    @Test
    void severalFieldsAreOneList() throws ProtocolException {
        assertEquals(
                GzipPolicy.Acceptance.INSISTS,
                GzipPolicy.acceptance(
                        TestHeads.head("GET / HTTP/1.1", "accept-encoding: gzip", "Accept-Encoding: identity;q=0")));
        assertEquals(GzipPolicy.Acceptance.NO, GzipPolicy.acceptance(TestHeads.head("GET / HTTP/1.1", "X: gzip")));
    }

    @Test
    void forAUserWhoInsistsTypeAndLengthDoNotMatter() throws ProtocolException {
        assertTrue(GzipPolicy.mustSuit(200, TestHeads.head("HTTP/1.1 200 OK", "Content-Type: image/png"), 1));
        assertFalse(GzipPolicy.mustSuit(204, TestHeads.head("HTTP/1.1 204 No Content"), 0));
        assertFalse(GzipPolicy.mustSuit(206, TestHeads.head("HTTP/1.1 206 Partial Content"), 5));
        assertFalse(GzipPolicy.mustSuit(200, TestHeads.head("HTTP/1.1 200 OK", "Content-Type: text/event-stream"), -1));
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
