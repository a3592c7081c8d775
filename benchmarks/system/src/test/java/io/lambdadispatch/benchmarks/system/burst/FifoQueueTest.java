package io.lambdadispatch.benchmarks.system.burst;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FifoQueueTest {
    private static final double EXACT = 1e-9;

    @Test
    void whoeverFindsAFreeSlotWaitsForNobody() {
        assertEquals(40, FifoQueue.longestMillis(20, 20, 1_000, 40), EXACT);
    }

    @Test
    void aCrowdGoesThroughInRounds() {
        assertEquals(200, FifoQueue.longestMillis(20, 100, 100, 40), EXACT);
    }

    @Test
    void thoseWhoAskAgainStandAtTheEndOfTheQueue() {
        assertEquals(200, FifoQueue.longestMillis(20, 100, 1_000, 40), EXACT);
    }

    @Test
    void theLastRoundMayBeHalfFull() {
        assertEquals(30, FifoQueue.longestMillis(2, 5, 5, 10), EXACT);
    }
}
