package io.lambdadispatch.client.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a router may send more than the first window, over many requests in one stream. */
class RequestCreditTest {
    private static final int SHARE = 1_000_000;

    private final WindowBudget budget = new WindowBudget(SHARE, SHARE);
    private final RequestCredit credit = new RequestCredit(budget);
    private final List<Integer> granted = new ArrayList<>();

    private void take(int bytes) throws Exception {
        credit.came(bytes);
        credit.earn(bytes);
    }

    private int sum() {
        return granted.stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void manySmallRequestsGetBackWhatTheyUsedAndNoMore() throws Exception {
        for (int i = 0; i < 70; i++) {
            credit.begin();
            take(1_000);
        }
        credit.runsLow(granted::add);
        for (int i = 0; i < 930; i++) {
            credit.begin();
            take(1_000);
        }
        assertEquals(1_000_000, sum(), 32 * 1024);
        assertEquals(SHARE, budget.take(), "nobody has taken the big window");
    }

    @Test
    void bigBodiesOneAfterTheOtherShareOneBigWindow() throws Exception {
        for (int i = 0; i < 2; i++) {
            credit.begin();
            take(70_000);
            credit.runsLow(granted::add);
            take(930_000);
        }
        assertEquals(2_000_000 + SHARE, sum(), 32 * 1024);
        assertEquals(0, budget.take());
        credit.close();
        assertEquals(SHARE, budget.take());
    }

    @Test
    void smallRequestsBehindABigOneGiveTheBigWindowBack() throws Exception {
        credit.begin();
        take(70_000);
        credit.runsLow(granted::add);
        take(930_000);
        assertEquals(1_000_000 + SHARE, sum(), 32 * 1024);
        assertEquals(0, budget.take());
        for (int i = 0; i < SHARE / 1_000; i++) {
            credit.begin();
            take(1_000);
        }
        assertEquals(SHARE, budget.take());
        budget.giveBack(SHARE);
        for (int i = 0; i < 1_000; i++) {
            credit.begin();
            take(1_000);
        }
        assertEquals(2_000_000 + SHARE, sum(), 32 * 1024, "the first window, and no more, stays open");
        credit.close();
        assertEquals(SHARE, budget.take());
    }

    @Test
    void aBigBodyBehindSmallRequestsIsKnownWhenItsBytesCome() throws Exception {
        for (int i = 0; i < 70; i++) {
            credit.begin();
            take(1_000);
        }
        credit.runsLow(granted::add);
        credit.begin();
        take(60_000);
        take(60_000);
        assertEquals(190_000 + SHARE, sum(), 32 * 1024);
    }
}
