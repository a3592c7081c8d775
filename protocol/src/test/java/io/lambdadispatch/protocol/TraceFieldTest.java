package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceFieldTest {
    @Test
    void readsTheIdOfBothFields() {
        assertEquals(
                "4bf92f3577b34da6a3ce929d0e0e4736",
                TraceField.id("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        assertEquals("1-5759e988-bd862e3fe1be46a994272793", TraceField.id("Root=1-5759e988-bd862e3fe1be46a994272793"));
        assertEquals(
                "1-67891233-abcdef012345678912345678",
                TraceField.id(
                        "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678;Sampled=1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e47\n6-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736",
                "Root=",
                "Root=1-5759e988-bd86 2",
                "Root=1-\"x\"",
                "Root=1-00000000000000000000000000000000000000000000000000000000000000000000000"
            })
    void whatMayNotStandInALogIsNone(String value) {
        assertNull(TraceField.id(value));
    }

    @Test
    void noFieldIsNone() {
        assertNull(TraceField.id(null));
    }
}
