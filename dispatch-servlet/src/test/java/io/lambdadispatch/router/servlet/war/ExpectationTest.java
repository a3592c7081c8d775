package io.lambdadispatch.router.servlet.war;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpectationTest {
    /** As containers have them: getters, a flag, and something that only a field knows. */
    @SuppressWarnings("UnusedVariable")
    public static class Settings {
        private final int hidden = 7;

        public long getIdleTimeout() {
            return 30_000;
        }

        public int getNone() {
            return -1;
        }

        public boolean isSafe() {
            return false;
        }

        public String getUnset() {
            return null;
        }

        public String getOdd() {
            return "a lot";
        }
    }

    private static final Part PART = new Part("Connector", new Settings());

    @Test
    void nothingIsSaidOfWhatIsMet() {
        assertEquals(
                Optional.empty(), Expectation.atLeast("idleTimeout", 30_000, "").check(PART));
        assertEquals(
                Optional.empty(), Expectation.atLeastOrNone("none", 30_000, "").check(PART));
        assertEquals(Optional.empty(), Expectation.is("safe", "FALSE", "").check(PART));
        assertEquals(Optional.empty(), Expectation.is("hidden", "7", "").check(PART));
        assertEquals(Optional.empty(), Expectation.contains("odd", "ot", "").check(PART));
    }

    @Test
    void whatIsNotMetIsToldWithWhatShouldBe() {
        assertEquals(
                Optional.of("idleTimeout of its Connector is 30000, should be 900000 or more: channels are closed"),
                Expectation.atLeast("idleTimeout", 900_000, "channels are closed")
                        .check(PART));
        assertEquals(
                Optional.of("safe of its Connector is false, should be true: it is not"),
                Expectation.is("safe", "true", "it is not").check(PART));
    }

    @Test
    void whatCanBeSetAndIsNotIsTold() {
        assertEquals(
                Optional.of("unset of its Connector is not set, should be []: they are refused"),
                Expectation.contains("unset", "[]", "they are refused").check(PART));
        assertEquals(Optional.empty(), Expectation.atLeast("unset", 1, "").check(PART));
    }

    @Test
    void whatIsNotShownIsNotJudged() {
        assertEquals(Optional.empty(), Expectation.is("unknown", "true", "").check(PART));
        assertEquals(Optional.empty(), Expectation.atLeast("odd", 1, "").check(PART));
    }
}
