package io.lambdadispatch.benchmarks.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.benchmarks.scale.Environments.Bill;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CostTest {
    private static final Prices PRICES = new Prices("today", "nowhere", 1e-6, 1e-5, 0.04, 0.005);

    /** A million invokes for a dollar, and 200,000 s of a gigabyte for two. */
    private final Cost lambda =
            Cost.ofLambda(new Bill(1_000_000, 0, Duration.ofSeconds(200_000).toNanos()), PRICES);

    @Test
    void billsInvokesAndTheirTime() {
        assertEquals(3, lambda.lambda(), 1e-9);
        assertEquals(3, lambda.total(), 1e-9);
    }

    @Test
    void aRouterHasTwoProcessorsAtLeast() {
        Cost cost = lambda.withRouters(10, Duration.ofHours(10), PRICES);
        assertEquals(10 * 2 * (0.04 + 2 * 0.005), cost.router(), 1e-9);
        assertEquals(4, cost.total(), 1e-9);
    }

    /** 100,000 × 150 µs keep 15 processors busy, which are half of 30. */
    @Test
    void routersAreAsLargeAsTheBusiestMomentNeeds() {
        assertEquals(
                30 * (0.04 + 2 * 0.005),
                lambda.withRouters(100_000, Duration.ofHours(1), PRICES).router(),
                1e-9);
    }

    @Test
    void listedPricesSayWhereTheyAreFrom() {
        Prices listed = Prices.listed();
        assertTrue(listed.date().matches("\\d{4}-\\d{2}"), listed.date());
        assertTrue(listed.source().startsWith("https://aws.amazon.com/lambda/pricing/"), listed.source());
        assertTrue(listed.perRequest() > 0 && listed.perGigabyteSecond() > 0);
        assertTrue(listed.perVcpuHour() > 0 && listed.perGigabyteHour() > 0);
    }
}
