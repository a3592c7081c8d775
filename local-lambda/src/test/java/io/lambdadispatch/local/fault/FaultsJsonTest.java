package io.lambdadispatch.local.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lambdadispatch.local.http.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsJsonTest {
    private static Faults changed(Faults before, String json) {
        return FaultsJson.changed(before, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static String json(Faults faults) {
        return StandardCharsets.UTF_8
                .decode(Json.object(json -> FaultsJson.write(faults, json)))
                .toString()
                .replace('"', '\'');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'refuse':'ConcurrentInvocationLimitExceeded'}",
                "{'refuse':'ServiceException'}",
                "{'error':true}",
                "{'crashDuringInit':true}",
                "{'crashAfterMs':500,'crashAfterInvokes':2}",
                "{'hangAfterMs':0}",
                "{'coldStartMs':5000}",
                "{'timeoutMs':900000}",
                "{'freeze':true}",
                "{'freeze':false}",
                "{'refuse':'AccessDeniedException','error':true,'hangAfterMs':7,'timeoutMs':1}",
            })
    void tellsWhatItWasTold(String text) {
        assertEquals(text, json(changed(Faults.NONE, text)));
    }

    @Test
    void changesWhatIsNamedAndNothingElse() {
        Faults faults = changed(Faults.NONE, "{'error':true,'coldStartMs':20}");
        assertEquals("{'error':true,'coldStartMs':10}", json(changed(faults, "{'coldStartMs':10}")));
        assertEquals("{'coldStartMs':20}", json(changed(faults, "{'error':null}")));
        assertEquals("{'error':true}", json(changed(faults, "{'coldStartMs':null}")));
        assertEquals(faults, changed(faults, "{}"));
    }

    @Test
    void crashesAtOnceOrAtTheFirstInvokeUnlessToldOtherwise() {
        Faults afterInvokes = changed(Faults.NONE, "{'crashAfterInvokes':3}");
        assertEquals(Optional.of(new Faults.Crash(Duration.ZERO, 3)), afterInvokes.crash());
        assertEquals(
                Optional.of(new Faults.Crash(Duration.ofMillis(5), 0)),
                changed(Faults.NONE, "{'crashAfterMs':5}").crash());
        assertEquals(
                Optional.of(new Faults.Crash(Duration.ofMillis(5), 3)),
                changed(afterInvokes, "{'crashAfterMs':5}").crash());
        assertEquals(Faults.NONE, changed(afterInvokes, "{'crashAfterMs':null}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'refuse':'nonsense'} | refuse: nonsense (expected: ConcurrentInvocationLimitExceeded, "
                        + "ReservedFunctionConcurrentInvocationLimitExceeded, FunctionInvocationRateLimitExceeded, "
                        + "ReservedFunctionInvocationRateLimitExceeded, CallerRateLimitExceeded, "
                        + "ConcurrentSnapshotCreateLimitExceeded, ServiceException, AccessDeniedException, "
                        + "ResourceNotFoundException, or null)",
                "{'error':1} | error: 1 (expected: true or false, or null)",
                "{'error':{}} | error: { (expected: true or false, or null)",
                "{'crashAfterMs':-1} | crashAfterMs: -1 (expected: 0 to 900000, or null)",
                "{'timeoutMs':0} | timeoutMs: 0 (expected: 1 to 900000, or null)",
                "{'timeoutMs':900001} | timeoutMs: 900001 (expected: 1 to 900000, or null)",
                "{'hangAfterMs':1.5} | hangAfterMs: 1.5 (expected: 0 to 900000, or null)",
                "{'hangAfterMs':'1'} | hangAfterMs: 1 (expected: 0 to 900000, or null)",
                "{'coldStartMs':99999999999999999999} | "
                        + "coldStartMs: 99999999999999999999 (expected: 0 to 900000, or null)",
                "{'crashAfterInvokes':true} | crashAfterInvokes: true (expected: 0 to 2147483647, or null)",
                "{'slow':true} | no such fault: slow",
                "[] | not a JSON object",
                "~~ | not a JSON object",
            })
    void saysWhatIsWrong(String json, String told) {
        IllegalArgumentException fault = assertThrows(IllegalArgumentException.class, () -> changed(Faults.NONE, json));
        assertEquals(told, fault.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'error'", "{'error':tru}", "error=true", "{'error':true"})
    void refusesWhatIsNoJson(String json) {
        assertThrows(IllegalArgumentException.class, () -> changed(Faults.NONE, json));
    }

    @Test
    void refusesImpossibleTimes() {
        Duration tooLong = Duration.ofMinutes(16);
        assertThrows(IllegalArgumentException.class, () -> Faults.NONE.withTimeout(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> Faults.NONE.withTimeout(tooLong));
        assertThrows(IllegalArgumentException.class, () -> Faults.NONE.withHangAfter(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> Faults.NONE.withColdStartDelay(tooLong));
        assertThrows(IllegalArgumentException.class, () -> Faults.NONE.withCrashAfter(tooLong));
        assertThrows(IllegalArgumentException.class, () -> new Faults.Crash(Duration.ZERO, -1));
    }
}
