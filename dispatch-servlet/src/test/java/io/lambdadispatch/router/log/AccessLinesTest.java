package io.lambdadispatch.router.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lambdadispatch.router.config.AccessLogFormat;
import io.lambdadispatch.router.relay.MemoryEnd;
import io.lambdadispatch.router.relay.RequestListener;
import io.lambdadispatch.router.relay.RequestRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody ends a line but the log: whatever a container lets through, and whatever a reader takes for the end of a line. */
class AccessLinesTest {
    private static final String EVIL = "a\nb\rc\u001bd\u0085e\u2028f\u2029g\"h\\i\u0000j";

    private static RequestRecord request(String target, String referrer, String agent) {
        MemoryEnd request = MemoryEnd.of("GET", target + "?q=" + target).at("example.com", "192.0.2.1", "192.0.2.9");
        if (referrer != null) {
            request.with("Referer", referrer);
        }
        if (agent != null) {
            request.with("User-Agent", agent);
        }
        AtomicReference<RequestRecord> ended = new AtomicReference<>();
        RequestRecord.rejected(request, 403, new RequestListener() {
            @Override
            public boolean wantsUser() {
                return true;
            }

            @Override
            public void ended(RequestRecord record) {
                ended.set(record);
            }
        });
        return ended.get();
    }

    private static String written(AccessLines lines) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        lines.writeTo(output);
        return output.toString(StandardCharsets.UTF_8);
    }

    private static String line(RequestRecord request, AccessLogFormat format) throws IOException {
        AccessLines lines = AccessLines.of(format);
        lines.add(request);
        String line = written(lines);
        assertTrue(line.endsWith("\n"), line);
        return line.substring(0, line.length() - 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMBINED", "JSON"})
    void linesAreWrittenOnceAndInTheirOrder(AccessLogFormat format) throws IOException {
        AccessLines lines = AccessLines.of(format);
        lines.add(request("/first", null, null));
        lines.add(request("/second", null, null));
        String[] both = written(lines).split("\n", -1);
        assertEquals(3, both.length);
        assertTrue(both[0].contains("/first"), both[0]);
        assertTrue(both[1].contains("/second"), both[1]);
        lines.add(request("/third", null, null));
        assertTrue(written(lines).contains("/third"));
        assertEquals("", written(lines));
    }

    @ParameterizedTest
    @EnumSource(names = {"COMBINED", "JSON"})
    void aLineIsOneLineOfPrintableAscii(AccessLogFormat format) throws IOException {
        String line = line(request("/" + EVIL, "r" + EVIL, "u" + EVIL), format);
        assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 0x7F), line);
    }

    @Test
    void combinedEscapesAsApacheDoes() throws IOException {
        String line = line(request("/", EVIL, "curl"), AccessLogFormat.COMBINED);
        assertTrue(line.contains(" \"a\\x0ab\\x0dc\\x1bd\\x85e?f?g\\\"h\\\\i\\x00j\" \"curl\" pool=- "), line);
    }

    @Test
    void jsonGivesBackWhatWasSent() throws IOException {
        String line = line(request("/" + EVIL, "r" + EVIL, "u" + EVIL), AccessLogFormat.JSON);
        Map<String, String> texts = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    texts.put(parser.currentName(), parser.getText());
                }
            }
        }
        assertEquals("/" + EVIL + "?q=/" + EVIL, texts.get("target"));
        assertEquals("r" + EVIL, texts.get("referrer"));
        assertEquals("u" + EVIL, texts.get("userAgent"));
    }

    /** One generator writes all lines: none may leave it in the middle of an object. */
    @ParameterizedTest
    @EnumSource(names = {"COMBINED", "JSON"})
    void halfACharacterSpoilsNoLineAfterIt(AccessLogFormat format) throws IOException {
        AccessLines lines = AccessLines.of(format);
        lines.add(request("/\ud800", "\udc00", "\ud800x"));
        String bad = written(lines);
        assertTrue(bad.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7F)), bad);
        lines.add(request("/next", null, null));
        assertEquals(
                line(request("/next", null, null), format).length() + 1,
                written(lines).length());
    }
}
