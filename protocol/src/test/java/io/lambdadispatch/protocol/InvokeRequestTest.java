package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.WithNull;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvokeRequestTest {
    private static final InvokeRequest REQUEST = new InvokeRequest(
            "default",
            "i-1",
            "https://10.0.0.7:5004/api/chunked",
            20,
            Instant.parse("2026-11-23T12:00:00.123456789Z"),
            false,
            "geheim",
            "ab12");

    private static InvokeRequest read(String json) throws IOException {
        return InvokeRequest.fromJson(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Property
    void whatIsWrittenIsRead(
            @ForAll @WithNull String poolId,
            @ForAll @WithNull String id,
            @ForAll @WithNull String url,
            @ForAll int channels,
            @ForAll @WithNull @LongRange(min = 0, max = 4_000_000_000L) Long sentSeconds,
            @ForAll @IntRange(max = 999_999_999) int sentNanos,
            @ForAll boolean initOnly,
            @ForAll @WithNull String token,
            @ForAll @WithNull String certificate)
            throws IOException {
        Instant sent = sentSeconds == null ? null : Instant.ofEpochSecond(sentSeconds, sentNanos);
        InvokeRequest request = new InvokeRequest(
                wellFormed(poolId),
                wellFormed(id),
                wellFormed(url),
                channels,
                sent,
                initOnly,
                wellFormed(token),
                wellFormed(certificate));
        assertEquals(request, InvokeRequest.fromJson(new ByteArrayInputStream(request.toJson())));
    }

    /** Half a surrogate pair is no text, and cannot be written as UTF-8. */
    private static String wellFormed(String text) {
        return text == null ? null : text.replaceAll("[\\ud800-\\udfff]", "?");
    }

    @Test
    void namesAreThoseOfTheWire() {
        assertEquals(
                "{\"PoolId\":\"default\",\"Id\":\"i-1\",\"DispatcherUrl\":\"https://10.0.0.7:5004/api/chunked\","
                        + "\"NumberOfChannels\":20,\"SentTime\":\"2026-11-23T12:00:00.123456789Z\",\"InitOnly\":false,"
                        + "\"ChannelToken\":\"geheim\",\"RouterCertificateSha256\":\"ab12\"}",
                new String(REQUEST.toJson(), StandardCharsets.UTF_8));
    }

    @Test
    void whatIsNullIsNotWritten() {
        assertEquals(
                "{\"NumberOfChannels\":0,\"InitOnly\":true}",
                new String(
                        new InvokeRequest(null, null, null, 0, null, true, null, null).toJson(),
                        StandardCharsets.UTF_8));
    }

    @Test
    void thePayloadOfAReferenceRouterIsRead() throws IOException {
        InvokeRequest request = read("""
                {"PoolId": "default", "Id": "0d4a1d6e-6f4f-4b0e-8c43-5a4e2f0a8b11",
                 "DispatcherUrl": "http://127.0.0.1:5003/api/chunked", "NumberOfChannels": 20,
                 "SentTime": "2024-03-01T10:15:30.1234567+01:00", "InitOnly": false}""");
        assertEquals(
                new InvokeRequest(
                        "default",
                        "0d4a1d6e-6f4f-4b0e-8c43-5a4e2f0a8b11",
                        "http://127.0.0.1:5003/api/chunked",
                        20,
                        Instant.parse("2024-03-01T09:15:30.1234567Z"),
                        false,
                        null,
                        null),
                request);
        assertEquals(List.of(), request.faults());
    }

    @Test
    void unknownFieldsAreSkippedWhateverTheyHold() throws IOException {
        InvokeRequest request = read("""
                {"New": {"Id": "decoy", "a": [1, {"Id": "decoy"}]}, "Id": "i-1", "More": [[]], "Nothing": null}""");
        assertEquals("i-1", request.id());
    }

    @Test
    void nullsAndMissingFieldsAreAlike() throws IOException {
        InvokeRequest nulls = read("""
                {"PoolId": null, "Id": null, "DispatcherUrl": null, "NumberOfChannels": null, "SentTime": null,
                 "InitOnly": null, "ChannelToken": null, "RouterCertificateSha256": null}""");
        assertEquals(read("{}"), nulls);
        assertEquals(InvokeRequest.DEFAULT_POOL, nulls.poolIdOrDefault());
        assertEquals(InvokeRequest.DEFAULT_POOL, read("{\"PoolId\": \"\"}").poolIdOrDefault());
        assertEquals("blue", read("{\"PoolId\": \"blue\"}").poolIdOrDefault());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"text\"",
                "12",
                "hello",
                "{",
                "{\"Id\"",
                "{\"Id\":",
                "{\"Id\": \"i-1\"",
                "{\"Id\": \"i-1\",",
                "{\"Id\": \"i-1\"} x",
                "{\"Id\": \"i-1\"} {}",
                "{\"Id\": 1}",
                "{\"Id\": [\"i-1\"]}",
                "{\"Id\": {\"Id\": \"i-1\"}}",
                "{\"NumberOfChannels\": \"20\"}",
                "{\"NumberOfChannels\": true}",
                "{\"NumberOfChannels\": {}}",
                "{\"NumberOfChannels\": 99999999999}",
                "{\"InitOnly\": \"true\"}",
                "{\"InitOnly\": 1}",
                "{\"SentTime\": 1700000000}",
                "{\"SentTime\": \"yesterday\"}",
                "{\"SentTime\": \"2024-03-01T10:15:30\"}"
            })
    void anythingButOneObjectOfTheRightTypesIsRefused(String json) {
        assertThrows(ProtocolException.class, () -> read(json));
    }

    @Test
    void aUsableInvokeHasNoFaults() {
        assertEquals(List.of(), REQUEST.faults());
        assertEquals(List.of(), new InvokeRequest(null, "i-1-initonly", null, 0, null, true, null, null).faults());
    }

    @Test
    void allFaultsAreToldAtOnce() {
        assertEquals(
                List.of(
                        "Id is missing (expected: the instance's id)",
                        "NumberOfChannels: 256 (expected: 0 to 255)",
                        "DispatcherUrl: ftp://h (expected: http or https, a host, a port)"),
                new InvokeRequest(null, " ", "ftp://h", 256, null, false, null, null).faults());
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:5003/api/chunked, 0",
        "https://[fd00::7]:5004/api/chunked, 0",
        "https://router.example.com:5004, 0",
        "router.example.com:5004, 1",
        "https:///api/chunked, 1",
        "https://a b:1, 1",
        "'', 1"
    })
    void theDispatcherUrlNeedsASchemeAndAHost(String url, int faults) {
        assertEquals(
                faults,
                new InvokeRequest(null, "i-1", url, 20, null, false, null, null)
                        .faults()
                        .size());
    }

    @Test
    void channelsAreNeededUnlessInitOnly() {
        assertEquals(
                List.of("NumberOfChannels: 0 (expected: 1 to 255 unless InitOnly)"),
                new InvokeRequest(null, "i-1", "http://h:1", 0, null, false, null, null).faults());
        assertEquals(
                1,
                new InvokeRequest(null, "i-1", "http://h:1", -1, null, false, null, null)
                        .faults()
                        .size());
    }

    @Test
    void theTokenIsNeverPrinted() {
        assertTrue(REQUEST.toString().contains("i-1"));
        assertFalse(REQUEST.toString().contains("geheim"));
    }
}
