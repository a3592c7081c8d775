package io.lambdadispatch.router.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.InvokeReply;
import io.lambdadispatch.router.config.CostSettings;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.math.BigDecimal;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BillTest {
    private static final InvokeOutcome LEFT =
            new InvokeOutcome.Answered(new InvokeReply("default", "a", 1, 1, ExitReason.SELF_LAST_ACTIVE));

    private long now;
    private final Bill bill = new Bill(() -> now);

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(bill.sum().nanos());
    }

    @Test
    void anInstanceIsBilledFromItsInvokeToItsEndAndAllTheWhile() {
        bill.started("a");
        pass(100);
        assertEquals(0, millis(), "nobody knows yet whether AWS has taken it");
        bill.opened("a");
        assertEquals(100, millis());
        pass(50);
        assertEquals(150, millis());
        bill.ended("a", LEFT);
        pass(1_000);
        assertEquals(150, millis());
        assertEquals(1, bill.sum().invokes());
    }

    @Test
    void eachInvokeIsRoundedUp() {
        bill.started("a");
        bill.opened("a");
        now += 1;
        bill.ended("a", LEFT);
        bill.warmed(LEFT, 1_000_001);
        assertEquals(3, millis());
        assertEquals(2, bill.sum().invokes());
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void whatNeverRanIsNotBilled(Reason reason) {
        bill.started("a");
        pass(10);
        bill.ended("a", new InvokeOutcome.Failed(reason, "the test says so"));
        boolean neverRan =
                switch (reason) {
                    case THROTTLED, ACCESS_DENIED, NOT_FOUND, UNREACHABLE -> true;
                    default -> false;
                };
        assertEquals(neverRan ? 0 : 10, millis());
        assertEquals(neverRan ? 0 : 1, bill.sum().invokes());
    }

    @Test
    void whatRanIsBilledHoweverItEnded() {
        bill.started("a");
        bill.opened("a");
        pass(10);
        bill.ended("a", new InvokeOutcome.Failed(Reason.UNREACHABLE, "the test says so"));
        assertEquals(10, millis());
    }

    @Test
    void anEndThatIsToldTwiceIsBilledOnce() {
        bill.started("a");
        bill.opened("a");
        pass(10);
        bill.ended("a", LEFT);
        pass(10);
        bill.ended("a", LEFT);
        bill.opened("a");
        assertEquals(10, millis());
    }

    /** AWS's own example, with 512 MB: 3 million requests of a second each cost 25.00 of duration and 0.60 of requests. */
    @Test
    void theListPriceGivesWhatAwsSays() {
        CostSettings cost =
                new CostSettings(OptionalInt.of(512), new BigDecimal("0.0000166667"), new BigDecimal("0.20"));
        assertEquals(25.60, cost.dollars(3_000_000, 3_000_000), 0.01);
        CostSettings unknown = new CostSettings(OptionalInt.empty(), BigDecimal.ONE, BigDecimal.ONE);
        assertEquals(0, unknown.dollars(3_000_000, 3_000_000));
    }
}
