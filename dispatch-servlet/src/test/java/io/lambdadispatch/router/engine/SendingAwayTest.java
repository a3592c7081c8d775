package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operator sends an instance away, or wants others for all of them: no request is hurt. */
class SendingAwayTest {
    @RegisterExtension
    final FakeTime time = new FakeTime();

    private TestPool test = new TestPool(time);

    /** That many are wanted, whatever happens, and open; the first one runs a request. */
    private TestRequest open(int instances) {
        test = new TestPool(time, 10, 100, TestPool.wanting(() -> instances));
        TestRequest request = test.submit();
        time.advanceMillis(1_000);
        test.instances.forEach(instance -> test.open(instance, 3));
        time.runDue();
        return request;
    }

    private List<Boolean> serving() {
        return test.instances.stream().map(test.pool::isServing).toList();
    }

    // One

    @Test
    void oneThatIsSentAwayFinishesWhatItRunsAndIsReplaced() {
        TestRequest request = open(1);
        LambdaInstance old = test.instance(0);
        assertTrue(test.pool.dismiss(old));
        time.runDue();
        assertEquals(2, test.lambda.starts().size());
        TestRequest next = test.submit();
        assertTrue(next.isWaiting(), "it gets nothing new");
        assertEquals(0, request.channels().get(0).aborts());
        test.answered(request.channels().get(0));
        TestChannel channel = test.open(test.instance(1));
        assertEquals(List.of(channel), next.channels());
        assertEquals(List.of(), request.refusals());
    }

    @Test
    void itsIdleChannelsAreToldOnce() {
        open(1);
        LambdaInstance old = test.instance(0);
        TestChannel idle = test.open(old);
        assertTrue(test.pool.dismiss(old));
        assertTrue(test.pool.dismiss(old), "it does no harm to ask again");
        assertEquals(1, idle.goAways());
        assertEquals(
                1,
                test.log.stream().filter("draining instance-0 OPERATOR"::equals).count());
    }

    @Test
    void oneThatHasNotCalledBackCannotBeTold() {
        test.submit();
        time.runDue();
        assertFalse(test.pool.dismiss(test.instance(0)));
        assertTrue(test.pool.isServing(test.instance(0)));
        time.advanceMillis(500);
        assertEquals(1, test.lambda.starts().size());
    }

    // All

    @Test
    void eachLeavesWhenAnotherServesInItsPlace() {
        TestRequest request = open(2);
        test.pool.replaceAll();
        time.advanceMillis(1_000);
        assertEquals(4, test.lambda.starts().size());
        assertEquals(List.of(true, true, true, true), serving());
        test.open(test.instance(2), 3);
        time.advanceMillis(1_000);
        assertEquals(1, serving().subList(0, 2).stream().filter(it -> it).count());
        test.open(test.instance(3), 3);
        time.advanceMillis(1_000);
        assertEquals(List.of(false, false, true, true), serving());
        assertEquals(0, request.channels().get(0).aborts(), "what runs may finish");
        assertEquals(4, test.lambda.starts().size(), "each was replaced once");
    }

    @Test
    void whoWasStartingLeavesAfterItHasOpened() {
        test = new TestPool(time, 10, 100, TestPool.wanting(() -> 1));
        test.submit();
        time.runDue();
        test.pool.replaceAll();
        time.advanceMillis(1_000);
        assertEquals(1, test.lambda.starts().size());
        test.open(test.instance(0), 3);
        time.advanceMillis(100);
        assertEquals(2, test.lambda.starts().size());
        assertTrue(test.pool.isServing(test.instance(0)));
        test.open(test.instance(1), 3);
        time.advanceMillis(100);
        assertEquals(List.of(false, true), serving());
    }

    @Test
    void allStayWhereNoneCanBeStarted() {
        open(2);
        test.lambda.breakWith(Reason.THROTTLED);
        test.pool.replaceAll();
        time.advance(Duration.ofMinutes(5));
        assertEquals(List.of(true, true), serving().subList(0, 2));
        test.lambda.repair();
        int before = test.lambda.starts().size();
        while (test.pool.isServing(test.instance(0)) || test.pool.isServing(test.instance(1))) {
            time.advanceMillis(100);
            for (LambdaInstance instance : List.copyOf(test.instances)) {
                if (instance.state == LambdaInstance.State.STARTING) {
                    test.answered(test.open(instance));
                    test.open(instance);
                }
            }
        }
        assertEquals(before + 2, test.lambda.starts().size());
        assertEquals(2, test.pool.snapshot().present());
    }

    @Test
    void whereOnlySomeCanBeStartedOnlyThoseStayThatAreNeeded() {
        TestRequest request = open(2);
        test.pool.replaceAll();
        time.runDue();
        test.open(test.instance(2), 3);
        test.lambda.breakWith(Reason.THROTTLED);
        test.lambda.start(3).fail(Reason.THROTTLED);
        time.advance(Duration.ofMinutes(1));
        assertEquals(List.of(false, false, true), serving().subList(0, 3));
        assertEquals(0, request.channels().get(0).aborts());
    }

    @Test
    void whereNobodyIsNeededAllLeaveAtOnce() {
        LambdaInstance instance = test.openInstance(3);
        time.advanceMillis(100);
        assertTrue(test.pool.isServing(instance));
        test.pool.replaceAll();
        time.runDue();
        while (test.pool.desired() > 0) {
            time.advanceMillis(1_000);
        }
        assertFalse(test.pool.isServing(instance));
        test.lambda.starts().forEach(start -> start.answer(ExitReason.ROUTER_GO_AWAY));
        time.advance(Duration.ofMinutes(1));
        assertTrue(test.pool.snapshot().isDormant());
    }
}
