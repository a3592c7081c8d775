package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "Root=",
                "Root=1-5759e988-bd86 2",
                "Root=1-\"x\"",
                "Root=1-00000000000000000000000000000000000000000000000000000000000000000000000"
            })
    void whatMayNotStandInALogIsNone(String value) {
        assertNull(TraceField.id(value));
    }

    @Test
    void laterVersionsMayHaveMore() {
        assertEquals(
                "4bf92f3577b34da6a3ce929d0e0e4736",
                TraceField.id("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-Root=1-2"));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, Root=1-2, "
                        + "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01, Root=1-2, Root=1-2",
                "Root=1-3, Root=1-2, Root=1-2",
                "none, Root=1-2, Root=1-2",
                "none, Self=1-2, none",
                "garbage, none, none",
                "none, none, none"
            })
    void theOneThatIsWellFormedCounts(String parent, String amazon, String expected) {
        assertEquals(expected, TraceField.either(parent, amazon));
    }

    @Test
    void noFieldIsNone() {
        assertNull(TraceField.id(null));
    }
}
