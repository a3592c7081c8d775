package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.WithNull;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitReasonTest {
    /** PROTOCOL §1. */
    private static final String WORST_FIRST = "RouterLambdaInvokeInvalid, RouterUnreachable, RouterConnectionError,"
            + " ChannelErrorOther, AppConnectionError, AppConnectionClosed, RouterStatus5xx, RouterStatus4xx,"
            + " RouterStatusOther, RouterGoAway, SelfLastActive, SelfDeadline, SelfStaleRequest, SelfInitOnly";

    @Test
    void theOrderIsTheWires() {
        assertEquals(
                WORST_FIRST,
                String.join(
                        ", ",
                        Arrays.stream(ExitReason.values())
                                .map(ExitReason::wireName)
                                .toList()));
    }

    @Property
    void theWorseOneWinsInAnyOrder(@ForAll @WithNull ExitReason a, @ForAll @WithNull ExitReason b) {
        ExitReason worse = ExitReason.worse(a, b);
        assertEquals(worse, ExitReason.worse(b, a));
        assertEquals(worse, ExitReason.worse(worse, a));
        if (a == null || b == null) {
            assertEquals(a == null ? b : a, worse);
        } else {
            assertTrue(worse.compareTo(a) <= 0 && worse.compareTo(b) <= 0);
            assertTrue(worse == a || worse == b);
        }
    }

    @Test
    void noneIsBetterThanAny() {
        assertNull(ExitReason.worse(null, null));
        assertEquals(ExitReason.SELF_INIT_ONLY, ExitReason.worse(null, ExitReason.SELF_INIT_ONLY));
    }

    @Property
    void wireNamesAreReadBack(@ForAll ExitReason reason) {
        assertEquals(Optional.of(reason), ExitReason.ofWireName(reason.wireName()));
        assertEquals(Optional.empty(), ExitReason.ofWireName(reason.name()));
    }

    @ParameterizedTest
    @CsvSource({
        "409, ROUTER_GO_AWAY",
        "400, ROUTER_STATUS_4XX",
        "401, ROUTER_STATUS_4XX",
        "499, ROUTER_STATUS_4XX",
        "500, ROUTER_STATUS_5XX",
        "599, ROUTER_STATUS_5XX",
        "600, ROUTER_STATUS_OTHER",
        "302, ROUTER_STATUS_OTHER",
        "204, ROUTER_STATUS_OTHER"
    })
    void aRoutersStatusStandsForAReason(int status, ExitReason reason) {
        assertEquals(reason, ExitReason.ofRouterStatus(status));
    }
}
