package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldNamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "Proxy-Authenticate",
                "Proxy-Authorization",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "HTTP2-Settings"
            })
    void hopByHopFieldsAreKnownInAnyCase(String name) {
        assertTrue(FieldNames.isHopByHop(name));
        assertTrue(FieldNames.isHopByHop(name.toLowerCase(Locale.ROOT)));
        assertTrue(FieldNames.isHopByHop(name.toUpperCase(Locale.ROOT)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length",
                "Cookie",
                "Upgrade-Insecure-Requests",
                "T",
                "Tea",
                "Host",
                "Authorization",
                "X-Connection",
                "Connection-",
                "Proxy-Authorization-Info-And-More"
            })
    void otherFieldsCross(String name) {
        assertFalse(FieldNames.isHopByHop(name));
    }

    @ParameterizedTest
    @CsvSource({
        "close, close, true",
        "'close, X-Secret', x-secret, true",
        "'X-A ,\tX-Secret ', X-SECRET, true",
        "'X-Secret,', X-Secret, true",
        "',,X-Secret', X-Secret, true",
        "X-Secret-2, X-Secret, false",
        "X-Secre, X-Secret, false",
        "'X-A X-Secret', X-Secret, false",
        "'', X-Secret, false",
        "',', X-Secret, false"
    })
    void connectionNamesWhatStaysBehind(String connection, String name, boolean isNamed) {
        assertEquals(isNamed, FieldNames.isNamedBy(connection, name));
    }

    @ParameterizedTest
    @CsvSource({
        "X-Secret, x-secret, false",
        "X-Other, x-secret, true",
        "Accept, 'host, accept', false",
        "Host, host, true",
        "Content-Length, 'close, CONTENT-LENGTH', true",
        "Transfer-Encoding, , false",
        "Keep-Alive, , false",
        "Cookie, , true"
    })
    void whatCrosses(String name, String connection, boolean crosses) {
        assertEquals(crosses, FieldNames.crosses(name, connection));
    }

    @Test
    void noConnectionFieldNamesNothing() {
        assertFalse(FieldNames.isNamedBy(null, "X"));
    }
}
