package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Channels that take one request after another, through the pool. */
class ReusedChannelTest {
    @RegisterExtension
    final FakeTime time = new FakeTime();

    private TestPool test = new TestPool(time);

    @Test
    void servesRequestsInOneChannelOneAfterAnother() {
        List<TestRequest> requests = test.submit(3);
        time.runDue();
        TestChannel channel = test.open(test.instance(0));
        for (TestRequest request : requests) {
            assertEquals(List.of(channel), request.channels());
            assertEquals(Reuse.PARKED, test.reuse(channel));
        }
        assertEquals(1, test.pool.snapshot().idleChannels());
        assertTrue(test.pool.lost(channel));
    }

    @Test
    void isDismissedWhenItsInstanceLeavesWhichIsTold() {
        TestRequest request = test.submit();
        time.runDue();
        TestChannel channel = test.open(test.instance(0));
        AtomicInteger told = new AtomicInteger();
        test.pool.closeAsked(test.instance(0), told::incrementAndGet);
        TestRequest next = test.submit();
        assertEquals(0, told.get());
        assertEquals(Reuse.DISMISSED, test.reuse(channel));
        assertEquals(1, told.get());
        assertEquals(0, channel.goAways(), "it is the caller's to send");
        assertEquals(Reuse.OVER, test.reuse(channel));
        assertEquals(List.of(channel), request.channels());
        assertTrue(next.isWaiting());
    }

    @Test
    void isParkedThoughThePoolIsClosedAsLongAsRequestsWait() {
        List<TestRequest> requests = test.submit(2);
        time.runDue();
        TestChannel channel = test.open(test.instance(0));
        test.pool.close();
        time.runDue();
        assertEquals(Reuse.PARKED, test.reuse(channel));
        assertEquals(List.of(channel), requests.get(1).channels());
        time.advanceMillis(100);
        assertEquals(
                Reuse.DISMISSED, test.reuse(channel), "its instance was told to leave when nobody waited any more");
    }

    /** A request that is over before its start returns. */
    private final class Flash extends PendingRequest {
        private int served;

        @Override
        protected void assigned(Channel channel) {
            served++;
            test.pool.reuse(this, channel);
        }

        @Override
        protected void refused(Refusal why) {
            throw new AssertionError(why);
        }
    }

    @Test
    void servesAnyNumberOfRequestsWithoutDeepeningTheStack() {
        test = new TestPool(time, 1, 100_000, TestPool.whileBusy(1));
        List<Flash> requests = Stream.generate(Flash::new).limit(100_000).toList();
        requests.forEach(test.pool::submit);
        time.runDue();
        test.open(test.instance(0));
        assertTrue(requests.stream().allMatch(request -> request.served == 1));
        assertEquals(1, test.pool.snapshot().idleChannels());
    }
}
