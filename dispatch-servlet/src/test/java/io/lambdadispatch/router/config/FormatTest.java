package io.lambdadispatch.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatTest {
    @ParameterizedTest
    @CsvSource({
        "router.example.com, router.example.com",
        "localhost, localhost",
        "10.0.0.7, 10.0.0.7",
        "fd00::7, fd00::7",
        "[fd00::7], fd00::7",
        "::, ::"
    })
    void hostIsANameOrAnAddress(String text, String host) {
        assertEquals(Optional.of(host), Format.host().parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://router",
                "router:5004",
                "router/path",
                "user@router",
                "a b",
                "my_router",
                "[10.0.0.7",
                "-"
            })
    void hostIsNothingThatAUrlCouldNotHoldAsHost(String text) {
        assertEquals(Optional.empty(), Format.host().parse(text));
    }

    @Test
    void integerKnowsItsLimits() {
        Format<Integer> format = Format.integer(1, 100);
        assertEquals("1 to 100", format.allowed());
        assertEquals(Optional.of(1), format.parse("1"));
        assertEquals(Optional.of(100), format.parse("100"));
        for (String text : new String[] {"0", "101", "-1", "+1", "1.0", "ten", "99999999999", "0x10"}) {
            assertEquals(Optional.empty(), format.parse(text), text);
        }
    }

    @Test
    void portIsANumberOrOff() {
        assertEquals(Optional.of(OptionalInt.of(0)), Format.port().parse("0"));
        assertEquals(Optional.of(OptionalInt.of(65_535)), Format.port().parse("65535"));
        assertEquals(Optional.of(OptionalInt.empty()), Format.port().parse("Off"));
        assertEquals(Optional.empty(), Format.port().parse("65536"));
        assertEquals(Optional.empty(), Format.port().parse("-1"));
    }

    @Test
    void aMistypedBooleanIsNoBoolean() {
        assertEquals(Optional.of(true), Format.trueOrFalse().parse("TRUE"));
        assertEquals(Optional.of(false), Format.trueOrFalse().parse("False"));
        for (String text : new String[] {"yes", "1", "ture", "on"}) {
            assertEquals(Optional.empty(), Format.trueOrFalse().parse(text), text);
        }
    }

    @Test
    void durationKnowsItsLimits() {
        assertEquals(Optional.empty(), Format.duration("1s", "1m").parse("999ms"));
        assertEquals(Optional.empty(), Format.duration("1s", "1m").parse("00:01:01"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"K8S_POD_IP", "_x"})
    void variableNameIsOneThatAShellTakes(String text) {
        assertEquals(Optional.of(text), Format.variableName().parse(text));
        assertEquals(Optional.empty(), Format.variableName().parse('$' + text));
    }
}
